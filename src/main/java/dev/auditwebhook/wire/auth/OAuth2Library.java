package dev.auditwebhook.wire.auth;

/** The optional library that gets tokens. */
public final class OAuth2Library {

  /** What a class path needs to have it. */
  public static final String NAME = "io.vertx:vertx-auth-oauth2";

  private OAuth2Library() {}

  /** Whether it is on the class path. */
  public static boolean isThere() {
    try {
      Class.forName(
          "io.vertx.ext.auth.oauth2.OAuth2Auth", false, OAuth2Library.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError missing) {
      return false;
    }
  }
}
