package dev.auditwebhook.endpoint.settings;

/**
 * What {@code webhook.set} changes of an endpoint; what is {@code null} stays as it is.
 *
 * @param url empty for none
 * @param revoke whether the former secrets end at once when there is a new one
 * @param initialBackoff in milliseconds
 */
public record Revision(
    String url, String secret, boolean revoke, Long initialBackoff, Boolean paused) {

  /** Pauses, or resumes. */
  public static Revision ofPause(boolean paused) {
    return new Revision(null, null, false, null, paused);
  }

  /** Sends elsewhere. */
  public static Revision ofUrl(String url) {
    return new Revision(url, null, false, null, null);
  }

  /** Whether all else stays as it is. */
  public boolean isOfPauseAlone() {
    return paused != null && url == null && secret == null && initialBackoff == null;
  }
}
