package dev.auditwebhook.endpoint.ledger;

/**
 * What became of one event, other than that the cursor passed it. Each says all there is to say of
 * its event, whatever is kept of it so far, so that a later one takes the place of an earlier one,
 * and to make it twice is as good as once.
 */
public sealed interface Change {

  /** It is pending behind the cursor, as it is now. */
  record Keep(Straggler straggler) implements Change {}

  /** It is a dead letter. */
  record Bury(DeadLetter letter) implements Change {}

  /** The dead letter that is kept becomes a straggler; one that is damaged stays where it is. */
  record Redrive(long now) implements Change {}

  /** It is pending, but damaged, and becomes a dead letter without content. */
  record Fail() implements Change {}

  /** Neither a straggler nor a dead letter is left of it. */
  record Remove() implements Change {}

  /** What to do in place of an earlier change that is not kept yet, and this one. */
  default Change after(Change earlier) {
    return this instanceof Redrive redrive && earlier instanceof Bury bury
        ? new Keep(bury.letter().redriven(redrive.now()))
        : this;
  }
}
