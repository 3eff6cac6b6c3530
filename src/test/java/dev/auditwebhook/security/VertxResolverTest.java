package dev.auditwebhook.security;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.dns.AddressResolverOptions;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of a hosts file only: nothing is asked of a name server. */
class VertxResolverTest {

  private static final String JVM_RESOLVER = "vertx.disableDnsResolver";

  private Vertx vertx;

  @AfterEach
  void close() throws Exception {
    System.clearProperty(JVM_RESOLVER);
    vertx.close().await(10, SECONDS);
  }

  @ParameterizedTest(name = JVM_RESOLVER + "={0}")
  @ValueSource(booleans = {false, true})
  void answersOnTheContextOfTheCaller(boolean jvm) throws Exception {
    System.setProperty(JVM_RESOLVER, Boolean.toString(jvm));
    vertx = Vertx.vertx();
    Context context = vertx.getOrCreateContext();
    Promise<List<InetAddress>> answer = Promise.promise();
    Promise<Context> answeredOn = Promise.promise();
    context.runOnContext(
        ignored ->
            new VertxResolver(vertx)
                .resolve("localhost")
                .onComplete(result -> answeredOn.complete(Vertx.currentContext()))
                .onComplete(answer));

    assertThat(answer.future().await(10, SECONDS))
        .isNotEmpty()
        .allMatch(InetAddress::isLoopbackAddress);
    assertThat(answeredOn.future().await(10, SECONDS)).isSameAs(context);
  }

  @Test
  void usesTheOptionsOfTheInstance() throws Exception {
    Buffer hosts = Buffer.buffer("169.254.169.254 rebound.example\n192.0.2.7 siem_sink\n");
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setAddressResolverOptions(new AddressResolverOptions().setHostsValue(hosts)));
    GuardedResolver guarded = new GuardedResolver(new VertxResolver(vertx), true, () -> 0);

    Future<InetAddress> sink = guarded.addressFor(UrlPolicy.vet("http://siem_sink/", true), 1);
    assertThat(sink.await(10, SECONDS).getHostAddress()).isEqualTo("192.0.2.7");
    Future<String> rebound =
        guarded
            .addressFor(UrlPolicy.vet("http://rebound.example/", true), 1)
            .map(InetAddress::toString)
            .otherwise(Throwable::getMessage);
    assertThat(rebound.await(10, SECONDS)).isEqualTo("forbidden address 169.254.169.254");
  }
}
