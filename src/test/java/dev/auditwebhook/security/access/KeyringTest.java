package dev.auditwebhook.security.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.TokenOptions;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class KeyringTest {

  private static final String ADMIN = "the-token-of-the-administrator";
  private static final String INGEST = "the-token-of-the-producers";
  private static final String OPS = "the-token-of-the-operators";
  private static final String OPS_NEXT = "the-next-token-of-the-operators";

  private final HttpOptions options =
      new HttpOptions()
          .setAdminToken(ADMIN)
          .setIngestToken(INGEST)
          .addToken(new TokenOptions().setName("ops").setRole("operate").setToken(OPS).setQuota(7))
          .addToken(
              new TokenOptions().setName("ops").setRole("operate").setToken(OPS_NEXT).setQuota(7));

  private final Keyring keyring = Keyring.of(options);

  @Test
  void knowsWhoHasWhichToken() {
    assertThat(keyring.holderOf(ADMIN)).contains(new Principal("admin", Role.ADMIN, null));
    assertThat(keyring.holderOf(INGEST)).contains(new Principal("ingest", Role.INGEST, null));
    assertThat(keyring.holderOf(OPS)).contains(new Principal("ops", Role.OPERATE, 7));
    assertThat(keyring.holderOf(OPS_NEXT)).contains(new Principal("ops", Role.OPERATE, 7));
  }

  @Test
  void knowsTheSameTextOnly() {
    assertThat(keyring.holderOf(OPS.substring(1))).isEmpty();
    assertThat(keyring.holderOf(OPS + " ")).isEmpty();
    assertThat(keyring.holderOf(OPS.toUpperCase())).isEmpty();
    assertThat(keyring.holderOf(BearerToken.sha256(OPS))).isEmpty();
    assertThat(keyring.holderOf("")).isEmpty();
    assertThat(keyring.holderOf(null)).isEmpty();
    assertThat(keyring.holderOf("x".repeat(1_000_000))).isEmpty();
  }

  @Property
  void nobodyHasAnyOtherToken(
      @ForAll @CharRange(from = '!', to = '~') @StringLength(max = 100) String other) {
    assertThat(keyring.holderOf(other)).isEmpty();
  }

  @Test
  void takesNoTokenThatCouldBeGuessedEvenIfItsDigestIsThere() {
    String digest = BearerToken.sha256("guess");
    TokenOptions weak = new TokenOptions().setName("weak").setRole("admin").setSha256(digest);
    assertThat(Keyring.of(options.addToken(weak)).holderOf("guess")).isEmpty();
  }

  @Test
  void anAdminTokenThatIsStillToBeMadeLetsNobodyIn() {
    Keyring none = Keyring.of(new HttpOptions().setAdminToken(""));
    assertThat(none.holderOf("")).isEmpty();
    assertThat(none.holderOf(null)).isEmpty();
    assertThat(none.holderOf(ADMIN)).isEmpty();
  }

  @Test
  void whereTheHostGuardsEverybodyIsIn() {
    Keyring open = Keyring.of(new HttpOptions().setAdminToken(null));
    assertThat(open.holderOf(null)).contains(Principal.OF_HOST);
    assertThat(open.holderOf("anything")).contains(Principal.OF_HOST);
  }

  @Test
  void isTheSameForTheSameTokens() {
    assertThat(Keyring.of(new HttpOptions(options))).isEqualTo(keyring);
    assertThat(Keyring.of(new HttpOptions(options.toJson()))).isEqualTo(keyring);
    assertThat(Keyring.of(new HttpOptions(options).setIngestToken(null))).isNotEqualTo(keyring);
  }

  @Test
  void showsNamesAndRolesButNoTokenAndNoDigest() {
    assertThat(keyring).hasToString("admin (admin), ingest (ingest), ops (operate, 2 tokens)");
  }
}
