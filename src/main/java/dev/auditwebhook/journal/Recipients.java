package dev.auditwebhook.journal;

import java.util.BitSet;
import java.util.function.IntConsumer;

/**
 * Which endpoints an event is for: those that wanted it and had room when it arrived. Endpoints
 * have small numbers for this; the events of a journal share a few of these sets.
 */
public final class Recipients {

  /** Nobody. */
  public static final Recipients NONE = new Recipients(new BitSet());

  private final BitSet numbers;

  private Recipients(BitSet numbers) {
    this.numbers = numbers;
  }

  /** Those with these numbers. */
  public static Recipients of(BitSet numbers) {
    return new Recipients((BitSet) numbers.clone());
  }

  /** Those of {@link #toBytes()}. */
  public static Recipients of(byte[] bytes) {
    return new Recipients(BitSet.valueOf(bytes));
  }

  /**
   * @param number of an endpoint; none has one below 0
   */
  public boolean include(int number) {
    return number >= 0 && numbers.get(number);
  }

  public boolean isEmpty() {
    return numbers.isEmpty();
  }

  /** Calls with the number of each, the lowest first. */
  public void forEach(IntConsumer action) {
    for (int number = numbers.nextSetBit(0); number >= 0; number = numbers.nextSetBit(number + 1)) {
      action.accept(number);
    }
  }

  /** Whether they are those with these numbers. */
  boolean are(BitSet others) {
    return numbers.equals(others);
  }

  /** One bit a number, the lowest first, as short as can be. */
  public byte[] toBytes() {
    return numbers.toByteArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Recipients same && numbers.equals(same.numbers);
  }

  @Override
  public int hashCode() {
    return numbers.hashCode();
  }

  @Override
  public String toString() {
    return numbers.toString();
  }
}
