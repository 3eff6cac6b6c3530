package dev.auditwebhook.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.security.UrlPolicy.Destination;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlPolicyTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://siem.example/in                 | siem.example       | 443  | /in      | https://siem.example",
        "HTTP://SIEM.example                     | siem.example       | 80   | /        | http://siem.example",
        "https://siem.example.:8443?token=1      | siem.example       | 8443 | /?token=1 | https://siem.example:8443",
        "http://a_b.internal/x                   | a_b.internal       | 80   | /x       | http://a_b.internal",
        "http://localhost:8080/in                | localhost          | 8080 | /in      | http://localhost:8080",
        "http://127.0.0.1:1/                     | 127.0.0.1          | 1    | /        | http://127.0.0.1:1",
        "http://0x7f.1/                          | 127.0.0.1          | 80   | /        | http://127.0.0.1",
        "https://[::1]:65535/                    | ::1                | 65535 | /       | https://[::1]:65535",
        "https://bücher.example/                 | xn--bcher-kva.example | 443 | /      | https://xn--bcher-kva.example",
        "http://a.example/ü?q={x}               | a.example          | 80   | /%C3%BC?q=%7Bx%7D | http://a.example"
      })
  void goodUrls(String url, String host, int port, String target, String origin) {
    Destination endpoint = UrlPolicy.vet(url, true);
    assertThat(endpoint.url()).isEqualTo(url);
    assertThat(endpoint.host()).isEqualTo(host);
    assertThat(endpoint.port()).isEqualTo(port);
    assertThat(endpoint.target()).isEqualTo(target);
    assertThat(endpoint.origin()).isEqualTo(origin);
    assertThat(endpoint).hasToString(origin);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ftp://a.example/                 | must begin with https:// or http://",
        "a.example                        | must begin with https:// or http://",
        "https:/a.example                 | must begin with https:// or http://",
        "file:///etc/passwd               | must begin with https:// or http://",
        "http://                          | must have a host",
        "http:///path                     | must have a host",
        "http://:80/                      | must have a host",
        "http://./                        | must have a host",
        "http://a..b/                     | must have a host that is a name or an address",
        "http://a.example:/               | must have a port from 1 to 65535",
        "http://a.example:0/              | must have a port from 1 to 65535",
        "http://a.example:65536/          | must have a port from 1 to 65535",
        "http://a.example:80:80/          | must have a port from 1 to 65535",
        "http://a.example:-1/             | must have a port from 1 to 65535",
        "http://u:secret@a.example/       | must have no user-info; use headers for credentials",
        "http://a.example@b.example/      | must have no user-info; use headers for credentials",
        "http://a.example/#f              | must have no fragment",
        "http://a.example\\@b/            | must have no backslash",
        "http://a example/                | must have no blanks or control characters",
        "http://a.example/a b?secret      | must have no blanks or control characters",
        "http://a%2eexample/              | must have a host without percent-encoding",
        "http://[::1/                     | must have a port from 1 to 65535",
        "http://[a.example]/              | must have an IPv6 address within the brackets",
        "http://[127.0.0.1]/              | must have an IPv6 address within the brackets"
      })
  void badUrls(String url, String reason) {
    assertThatThrownBy(() -> UrlPolicy.vet(url, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(reason)
        .hasMessageNotContaining("secret");
  }

  @Test
  void blanksAndControlCharactersOfEveryKindAreRefused() {
    for (int c : new int[] {0, 9, 10, 13, 27, 127, 0x85, 0xa0, 0x200b, 0x2028, 0x3000, 0xfeff}) {
      assertThatThrownBy(() -> UrlPolicy.vet("http://a.example/x" + (char) c, true))
          .hasMessage("must have no blanks or control characters");
    }
  }

  @Test
  void aUrlThatIsTooLongIsRefused() {
    String base = "http://a.example/";
    UrlPolicy.vet(base + "x".repeat(UrlPolicy.MAX_LENGTH - base.length()), true);
    assertThatThrownBy(
            () -> UrlPolicy.vet(base + "x".repeat(UrlPolicy.MAX_LENGTH + 1 - base.length()), true))
        .hasMessage("must not be longer than 2048 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "metadata.google.internal",
        "METADATA.Google.Internal",
        "metadata.google.internal.",
        "metadata.google.com",
        "metadata.azure.com",
        "instance-data.ec2.internal",
        "instance-data-service.ec2.internal.",
        "ec2.internal",
        "ｍetadata.google.internal",
        "metadata。google。internal"
      })
  void metadataHostsAreRefused(String host) {
    assertThatThrownBy(() -> UrlPolicy.vet("http://" + host + "/latest", true))
        .hasMessageStartingWith("forbidden host ");
  }

  @ParameterizedTest
  @CsvSource({
    "bücher.example, xn--bcher-kva.example",
    "BÜCHER.example., xn--bcher-kva.example",
    "日本語。jp, xn--wgv71a119e.jp",
    "क्ष.example, xn--11b2ezc.example",
    "☕.example, xn--53h.example",
    "🏴.example, xn--fn8h.example",
    "ⅷ.example, viii.example",
    "Ǆ.example, xn--d-toa.example",
    "x_y.bücher, x_y.xn--bcher-kva",
    "xn--fa-hia.exämple, xn--fa-hia.xn--exmple-cua",
    "xn--fa-hia.example, xn--fa-hia.example"
  })
  void namesThatAllReadAlikeAreRead(String host, String name) {
    assertThat(UrlPolicy.vet("https://" + host + "/", true).host()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "faß.example, xn--fa-hia.example, fass.example",
    "FAẞ.example, xn--fa-hia.example, xn--fa-xqt.example",
    "βόλος.example, xn--nxasmm1c.example, xn--nxasmq6b.example",
    "ꭰ.example, xn--58d.example, xn--kz9a.example",
    "Ⴀ.example, xn--rkj.example, xn--7md.example",
    "\u1806x.example, xn--x-e3j.example, x.example",
    "ᴬ.example, a.example, xn--z8f.example",
    "\ud87e\udc68.example, xn--snl.example, xn--j74i.example"
  })
  void namesOfTwoReadingsAreRefused(String host, String now, String formerly) {
    assertThatThrownBy(() -> UrlPolicy.vet("https://" + host + "/S3CRET", true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must have a host of one reading: this one is " + now + " by ")
        .hasMessageEndingWith("; write the one that is meant")
        .hasMessageNotContainingAny("S3CRET", "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0378.example",
        "xn--a.ü",
        "\u0301ü.example",
        "-ü.example",
        "ü-.example",
        "ab--ü.example",
        "⒈com.ü",
        "١٢٧ü.example",
        "a..ü",
        "ü\u200db.example",
        "क्\u200dष.example",
        "نامه\u200cای.example"
      })
  void whatIsNoNameByUts46IsRefused(String host) {
    assertThatThrownBy(() -> UrlPolicy.vet("https://" + host + "/", true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must have ");
  }

  @ParameterizedTest(name = "spelling {index} of a forbidden address: {0}")
  @ValueSource(
      strings = {
        // IPv4: all of inet_aton
        "169.254.169.254",
        "169.254.169.254.",
        "2852039166",
        "0xa9fea9fe",
        "0xA9FEA9FE",
        "0XA9FEA9FE",
        "025177524776",
        "0251.0376.0251.0376",
        "0251.254.0xa9.254",
        "00000251.00000376.0251.0376",
        "0xa9.0xfe.0xa9.0xfe",
        "0xa9.254.169.254",
        "169.254.43518",
        "169.0xfea9fe",
        "169.16689662",
        "169.254.0xa9fe",
        "１６９.２５４.１６９.２５４",
        "169。254。169。254",
        "169．254．169．254",
        "①⑥⑨.254.169.254",
        "0",
        "0.0.0.0",
        "0x0",
        "0.1.2.3",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "4294967295",
        "0xffffffff",
        "100.100.100.200",
        "1684301000",
        "192.0.0.192",
        "168.63.129.16",
        // IPv6: all of RFC 4291, and IPv4 within
        "[::]",
        "[0:0:0:0:0:0:0:0]",
        "[fe80::1]",
        "[FE80::A9FE:A9FE]",
        "[fe80::1%eth0]",
        "[fe80::1%25eth0]",
        "[febf:ffff::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[fd00:ec2::254]",
        "[FD00:0EC2:0:0:0:0:0:0254]",
        "[fd00:ec2::1]",
        "[fd00:ec2:ffff::]",
        "[fd20:ce::254]",
        "[fd00:42::42]",
        "[fd00:a9fe:a9fe::1]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[0:0:0:0:0:ffff:a9fe:a9fe]",
        "[::169.254.169.254]",
        "[::a9fe:a9fe]",
        "[::ffff:0:169.254.169.254]",
        "[64:ff9b::169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::a9fe:a9fe]",
        "[64:ff9b:1:a9fe:00a9:fe00::]",
        "[2002:a9fe:a9fe::]",
        "[2002:a9fe:a9fe:1::1]",
        "[2001:0:a9fe:a9fe::]",
        "[2001:0:1:1:1:1:5601:5601]",
        "[2001:db8::5efe:169.254.169.254]",
        "[2001:db8::200:5efe:a9fe:a9fe]",
        "[::ffff:100.100.100.200]",
        "[::ffff:0.0.0.0]",
        "[::ffff:255.255.255.255]"
      })
  void forbiddenAddressesAreRefusedInEverySpelling(String host) {
    assertThatThrownBy(() -> UrlPolicy.vet("http://" + host + "/", true))
        .isInstanceOf(ForbiddenAddressException.class)
        .hasMessageStartingWith("forbidden address ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "192.168.257",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "240.0.0.1",
        "[::1]",
        "[fc00::1]",
        "[fdff::1]",
        "[fd00:ec1::254]",
        "[fd00:42::43]",
        "[fd00:a9fe:a9fe::2]",
        "[64:ff9b::1.1.1.1]",
        "[64:ff9b:1:808:8:800:808:808]",
        "[2001:0:808:808::f7f7:f7f7]",
        "[2002:101:101::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::10.0.0.1]",
        "[::ffff:0:192.168.0.1]"
      })
  void privateNetworksAreReceiversOnlyWhenAllowed(String host) {
    assertThat(UrlPolicy.vet("http://" + host + "/", true)).isNotNull();
    assertThatThrownBy(() -> UrlPolicy.vet("http://" + host + "/", false))
        .isInstanceOf(ForbiddenAddressException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "172.32.0.1",
        "172.15.0.1",
        "192.167.0.1",
        "100.63.0.1",
        "100.128.0.1",
        "169.253.0.1",
        "169.255.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "[2001:db8::1]",
        "[2606:4700::1111]",
        "[::ffff:8.8.8.8]"
      })
  void neighboursOfForbiddenBlocksAreFine(String host) {
    assertThat(UrlPolicy.vet("http://" + host + "/", false).address()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"256.1.1.1", "1.2.3.4.5", "08.1.1.1", "4294967296", "a.1", "a.0x1", "1..2"})
  void aHostThatEndsInANumberAndIsNoAddressIsRefused(String host) {
    assertThatThrownBy(() -> UrlPolicy.vet("http://" + host + "/", true))
        .hasMessageStartingWith("must have a host");
  }

  @Property
  void anyTextIsReadOrRefusedInOneLine(@ForAll String text) {
    for (String url : new String[] {text, "http://" + text, "https://a.example" + text}) {
      try {
        assertThat(UrlPolicy.vet(url, false).url()).isEqualTo(url);
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n", "\r");
      }
    }
  }
}
