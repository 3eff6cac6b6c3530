package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WebhookAddressesTest {

  private final WebhookAddresses addresses = WebhookAddresses.of("w");

  @Test
  void endpointsHaveAddressesOfTheirOwn() {
    assertThat(addresses.endpoints()).isEqualTo("w.endpoints");
    assertThat(addresses.put()).isEqualTo("w.endpoint.put");
    assertThat(addresses.remove()).isEqualTo("w.endpoint.remove");
  }

  @Test
  void nodesHaveOne() {
    assertThat(addresses.nodes()).isEqualTo("w.nodes");
  }

  @Test
  void itContainsEveryAddressThereIsAndNoTwoAreTheSame() throws Exception {
    List<Method> methods =
        Arrays.stream(WebhookAddresses.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> method.getReturnType() == String.class)
            .toList();
    Set<String> all = new HashSet<>();
    for (Method method : methods) {
      String address = (String) method.invoke(addresses);
      assertThat(addresses.contains(address)).as(address).isTrue();
      all.add(address);
    }
    assertThat(all).hasSameSizeAs(methods).hasSizeGreaterThan(14);
    assertThat(addresses.contains("w")).isFalse();
    assertThat(addresses.contains("w.endpoint")).isFalse();
  }
}
