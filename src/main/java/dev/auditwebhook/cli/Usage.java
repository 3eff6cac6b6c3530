package dev.auditwebhook.cli;

/** What the commands of the jar tell of themselves. */
final class Usage {

  /** For whoever has mistyped a command. */
  static final String LINE =
      "usage: serve [CONF] | check [CONF] | demo | emit [FILE] | --help | --version";

  /** For whoever asks. */
  static final String TEXT =
      """
      usage: java -jar vertx-audit-webhook-VERSION-fat.jar COMMAND

        serve [CONF]   the service, with the configuration CONF or conf/webhook.json
        check [CONF]   reads CONF as serve would, says what is wrong with it or what
                       serve would do, and ends
        demo           the service with a receiver that sometimes fails
        emit [FILE]    posts newline-delimited JSON entries from FILE or standard
                       input to a running service
        --help         this text
        --version      the version

      Variables go over CONF, and keep secrets out of it: WEBHOOK_SECRET,
      WEBHOOK_ADMIN_TOKEN, WEBHOOK_INGEST_TOKEN, WEBHOOK_HTTP_HOST,
      WEBHOOK_HTTP_PORT, WEBHOOK_STORE_URI; each with _FILE after its name is the
      name of a file that holds the value. WEBHOOK_LOG_FORMAT=json logs in JSON.
      """;

  private Usage() {}

  /** The name and the version; the latter is known of the jar alone. */
  static String version() {
    String version = Usage.class.getPackage().getImplementationVersion();
    return "vertx-audit-webhook " + (version == null ? "(not packaged)" : version);
  }
}
