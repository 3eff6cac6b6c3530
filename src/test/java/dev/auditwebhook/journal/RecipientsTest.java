package dev.auditwebhook.journal;

import static dev.auditwebhook.testing.Events.recipients;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class RecipientsTest {

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  @Property(tries = 200)
  void theyAreWhatTheirBytesSay(@ForAll @UniqueElements List<@IntRange(max = 2_000) Integer> some) {
    Recipients recipients = recipients(array(some));

    Recipients read = Recipients.of(recipients.toBytes());

    assertThat(read).isEqualTo(recipients).hasSameHashCodeAs(recipients);
    List<Integer> numbers = new ArrayList<>();
    read.forEach(numbers::add);
    assertThat(numbers).isSorted().containsExactlyInAnyOrderElementsOf(some);
    for (int number = -1; number <= 2_001; number++) {
      assertThat(read.include(number)).isEqualTo(some.contains(number));
    }
    assertThat(read.isEmpty()).isEqualTo(some.isEmpty());
  }

  @Test
  void theyTakeAsFewBytesAsCanBe() {
    assertThat(Recipients.NONE.toBytes()).isEmpty();
    assertThat(recipients(0).toBytes()).hasSize(1);
    assertThat(recipients(0, 7).toBytes()).hasSize(1);
    assertThat(recipients(8).toBytes()).hasSize(2);
    assertThat(recipients(999).toBytes()).hasSize(125);
  }

  @Test
  void aRemovedEndpointIsNoneOfThem() {
    assertThat(recipients(0, 1).include(-1)).isFalse();
  }

  @Test
  void theyStayAsTheyAreWhateverBecomesOfWhatTheyWereMadeOf() {
    BitSet numbers = new BitSet();
    numbers.set(3);
    Recipients three = Recipients.of(numbers);
    numbers.set(4);
    assertThat(three).isEqualTo(recipients(3));
    assertThat(three.are(numbers)).isFalse();
  }
}
