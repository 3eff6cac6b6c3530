package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.IDNA;
import dev.auditwebhook.EndpointOptions;
import java.io.File;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of hosts that are not in ASCII, with what a class path has of the library for them. */
class InternationalNamesTest {

  /** What runs on another class path. */
  static final class Host {

    private static final List<String> NAMES =
        List.of(
            "b\u00fccher", "\u65e5\u672c\u8a9e", "fa\u00df", "\u2615", "\u0378", "\u0661\u00fc");

    public static void main(String[] args) {
      for (String name : NAMES) {
        System.out.println(read("https://" + name + ".example/in"));
      }
      System.out.println(read("https://xn--bcher-kva.example/in"));
    }

    private static String read(String url) {
      try {
        new EndpointOptions(new EndpointOptions().setUrl(url).toJson());
        return "good";
      } catch (IllegalArgumentException e) {
        return e.getMessage();
      }
    }
  }

  @Test
  void withoutItTheyAreToBeWrittenInAscii() throws Exception {
    List<String> lines = OtherClassPath.runWithout("icu4j", Host.class).lines().toList();
    assertThat(lines.subList(0, Host.NAMES.size()))
        .containsOnly(
            "webhook.url: must have a host in ASCII (xn--...), as com.ibm.icu:icu4j is not on the"
                + " class path");
    assertThat(lines).last().isEqualTo("good");
  }

  @Test
  void withThePartOfItThatIsInTheJarTheyAreReadAsWithAllOfIt(@TempDir Path directory)
      throws Exception {
    Path part = directory.resolve("part.jar");
    copy(Path.of(IDNA.class.getProtectionDomain().getCodeSource().getLocation().toURI()), part);

    String withPart =
        OtherClassPath.run(OtherClassPath.without("icu4j") + File.pathSeparator + part, Host.class);

    assertThat(withPart)
        .isEqualTo(OtherClassPath.run(System.getProperty("java.class.path"), Host.class));
    assertThat(withPart.lines()).contains("good").hasSize(Host.NAMES.size() + 1);
    assertThat(Files.size(part)).isLessThan(5 << 20);
  }

  /** Copies what the build takes into the jar of all. */
  private static void copy(Path library, Path part) throws Exception {
    String pom = Files.readString(Path.of("pom.xml"));
    int filter = pom.indexOf("<artifact>com.ibm.icu:icu4j</artifact>");
    List<PathMatcher> included =
        Pattern.compile("<include>(.*)</include>")
            .matcher(pom.substring(filter, pom.indexOf("</filter>", filter)))
            .results()
            .map(each -> FileSystems.getDefault().getPathMatcher("glob:" + each.group(1)))
            .toList();
    try (JarFile from = new JarFile(library.toFile());
        OutputStream file = Files.newOutputStream(part);
        JarOutputStream to = new JarOutputStream(file)) {
      for (Enumeration<JarEntry> all = from.entries(); all.hasMoreElements(); ) {
        JarEntry entry = all.nextElement();
        if (included.stream().anyMatch(each -> each.matches(Path.of(entry.getName())))) {
          to.putNextEntry(new JarEntry(entry.getName()));
          from.getInputStream(entry).transferTo(to);
        }
      }
    }
  }
}
