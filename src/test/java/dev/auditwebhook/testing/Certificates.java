package dev.auditwebhook.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate authority of the test's own, and certificates that it signs. */
public final class Certificates {

  private static final String PASSWORD = "changeit";

  private final Path dir;

  /** Makes an authority whose files are kept in an empty directory. */
  public Certificates(Path dir) {
    this.dir = dir;
    genKeyPair("ca", "CN=Test authority", "-ext", "bc:c=ca:true", "-validity", "30");
    exportTo("ca", "ca.pem");
  }

  /** The authority's certificate in PEM. */
  public String authority() {
    return dir.resolve("ca.pem").toString();
  }

  /** Client options that trust the authority, and nobody else. */
  public JsonObject trusting() {
    return new JsonObject()
        .put(
            "pemTrustOptions", new JsonObject().put("certPaths", new JsonArray().add(authority())));
  }

  /** The authority's certificate in a trust store. */
  public PfxOptions authorityStore() {
    Path store = dir.resolve("trust.p12");
    if (Files.notExists(store)) {
      keytool("trust", "-importcert", "-noprompt", "-alias", "ca", "-file", authority());
    }
    return options("trust");
  }

  /** A key with a certificate that is valid now. */
  public PfxOptions issue(String name, String alternativeNames) {
    return issue(name, alternativeNames, "-1d");
  }

  /**
   * A key with a certificate that is valid for 30 days.
   *
   * @param name the certificate's subject, and its file's name
   * @param alternativeNames as keytool has it, {@code dns:localhost}
   * @param start when it becomes valid, {@code -60d}
   */
  public PfxOptions issue(String name, String alternativeNames, String start) {
    genKeyPair(name, "CN=" + name);
    keytool(name, "-certreq", "-alias", name, "-file", path(name + ".csr"));
    keytool(
        "ca",
        "-gencert",
        "-rfc",
        "-alias",
        "ca",
        "-infile",
        path(name + ".csr"),
        "-outfile",
        path(name + ".pem"),
        "-startdate",
        start,
        "-validity",
        "30",
        "-ext",
        "san=" + alternativeNames);
    try {
      Files.writeString(
          dir.resolve(name + ".pem"),
          Files.readString(dir.resolve("ca.pem")),
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    keytool(name, "-importcert", "-noprompt", "-alias", name, "-file", path(name + ".pem"));
    return options(name);
  }

  /** The certificate of a name that was issued, in PEM. */
  public Path certificate(String name) {
    return dir.resolve(name + ".pem");
  }

  /** The key of a name that was issued, in a PEM file that only its owner can read. */
  public Path key(String name) {
    Path file = dir.resolve(name + ".key");
    char[] password = PASSWORD.toCharArray();
    try (InputStream in = Files.newInputStream(dir.resolve(name + ".p12"))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return Files.writeString(
          file,
          "-----BEGIN PRIVATE KEY-----\n"
              + Base64.getMimeEncoder().encodeToString(store.getKey(name, password).getEncoded())
              + "\n-----END PRIVATE KEY-----\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private PfxOptions options(String store) {
    return new PfxOptions().setPath(path(store + ".p12")).setPassword(PASSWORD);
  }

  private String path(String file) {
    return dir.resolve(file).toString();
  }

  private void genKeyPair(String alias, String subject, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname", subject));
    arguments.addAll(List.of(more));
    keytool(alias, arguments.toArray(String[]::new));
  }

  private void exportTo(String alias, String file) {
    keytool(alias, "-exportcert", "-rfc", "-alias", alias, "-file", path(file));
  }

  /** Runs the JDK's tool on a key store. */
  private void keytool(String store, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-keystore", path(store + ".p12"), "-storetype", "PKCS12", "-storepass", PASSWORD));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(dir.resolve(store + ".log").toFile())
              .start();
      boolean ended = process.waitFor(30, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      assertThat(ended && process.exitValue() == 0)
          .as("keytool: %s", Files.readString(dir.resolve(store + ".log")))
          .isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
