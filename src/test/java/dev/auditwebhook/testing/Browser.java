package dev.auditwebhook.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.Select;

/**
 * A headless Chromium that is installed on this machine, and reaches nothing but the machine.
 * Without one the test is skipped, or fails where {@code WEBHOOK_BROWSER_TEST} is {@code required}.
 */
public final class Browser implements AutoCloseable {

  private static final String REQUIRED = "WEBHOOK_BROWSER_TEST";
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String AXE = resource("/META-INF/resources/webjars/axe-core/4.6.3/axe.js");
  private static final String FIND_BARRIERS =
      """
      const behind = [...document.querySelectorAll("dialog:modal")]
        .filter(dialog => !dialog.contains(document.activeElement));
      const exclude = behind.map(dialog => [`#${dialog.id}`]);
      return axe.run({include: [document], exclude}, {rules: {"target-size": {enabled: true}}}).then(found =>
        found.violations.flatMap(rule => rule.nodes.map(node =>
          `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\\s+/g, " ")}`)))""";

  private final ChromeDriver driver;
  private final Path profile;

  private Browser(ChromeDriver driver, Path profile) {
    this.driver = driver;
    this.profile = profile;
  }

  /** To be called before all tests of a class: they are skipped without a browser, and say so. */
  public static void assumeInstalled() {
    File chromium = chromium();
    if (chromium != null && chromedriver() != null) {
      return;
    }
    String missing = (chromium == null ? "chromium" : "chromedriver") + " is not installed";
    if ("required".equals(System.getenv(REQUIRED))) {
      throw new AssertionError(missing + ", and " + REQUIRED + " is required");
    }
    String skipped = "The test of the console in a browser is skipped: " + missing;
    System.out.println(skipped);
    Assumptions.abort(skipped);
  }

  /** A browser with a profile of its own. */
  public static Browser open() {
    try {
      return open(chromium(), chromedriver(), Files.createTempDirectory("console-test"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static File chromium() {
    return find("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome");
  }

  private static File chromedriver() {
    return find(
        System.getProperty("webdriver.chrome.driver", "/usr/bin/chromedriver"), "chromedriver");
  }

  private static Browser open(File chromium, File chromedriver, Path profile) {
    // It warns that it does not know this Chromium's own protocol, which is not used here.
    SELENIUM.setLevel(Level.SEVERE);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium);
    options.setCapability("goog:loggingPrefs", logs);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        "--window-size=1280,1000",
        "--user-data-dir=" + profile);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver)
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options), profile);
  }

  private static File find(String usual, String... names) {
    Stream<Path> onPath =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .flatMap(folder -> Arrays.stream(names).map(name -> Path.of(folder, name)));
    Optional<Path> found =
        Stream.concat(Stream.of(Path.of(usual)), onPath).filter(Files::isExecutable).findFirst();
    return found.map(Path::toFile).orElse(null);
  }

  private static String resource(String name) {
    try (InputStream in = Browser.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void go(String url) {
    driver.get(url);
  }

  public String url() {
    return driver.getCurrentUrl();
  }

  /** The element that can be seen. */
  public WebElement see(String css) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .ignoreException(StaleElementReferenceException.class)
        .until(() -> visible(css), Optional::isPresent)
        .get();
  }

  private Optional<WebElement> visible(String css) {
    return driver.findElements(By.cssSelector(css)).stream()
        .filter(WebElement::isDisplayed)
        .findFirst();
  }

  /** Waits until the element can be seen with this text in it. */
  public void see(String css, String text) {
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreException(StaleElementReferenceException.class)
        .until(() -> visible(css).map(WebElement::getText).orElse(""), is -> is.contains(text));
  }

  public boolean isVisible(String css) {
    return visible(css).isPresent();
  }

  public void awaitHidden(String css) {
    Awaitility.await().atMost(PATIENCE).until(() -> !isVisible(css));
  }

  public void click(String css) {
    see(css).click();
  }

  /** Replaces what is in a field. */
  public void type(String css, String text) {
    WebElement field = see(css);
    field.clear();
    field.sendKeys(text);
  }

  /** Chooses one of a list. */
  public void choose(String css, String value) {
    new Select(see(css)).selectByValue(value);
  }

  /** The texts of all elements that can be seen, in the order of the page. */
  public List<String> texts(String css) {
    return driver.findElements(By.cssSelector(css)).stream()
        .filter(WebElement::isDisplayed)
        .map(WebElement::getText)
        .toList();
  }

  /** Whether the page is wider than its window. */
  public boolean isTooWide() {
    return run(
        "return document.documentElement.scrollWidth > document.documentElement.clientWidth");
  }

  /** Waits until a script returns true. */
  public void await(String script) {
    Awaitility.await().atMost(PATIENCE).until(() -> this.<Boolean>run("return " + script));
  }

  /** Presses keys where the focus is. */
  public void press(Keys... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** What a script returns. */
  @SuppressWarnings("unchecked")
  public <T> T run(String script) {
    return (T) driver.executeScript(script);
  }

  /** Shows pages in a window of this width, in CSS pixels. */
  public void width(int pixels) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", pixels, "height", 1000, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Shows pages in the colours of {@code light} or {@code dark}, at once. */
  public void scheme(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /**
   * What axe finds wrong with the page as it is now, one line a rule and element. Dialogs behind
   * the one in use are for nobody until that is closed.
   */
  public List<String> barriers() {
    if (!this.<Boolean>run("return 'axe' in window")) {
      run(AXE);
    }
    return run(FIND_BARRIERS);
  }

  /** The messages of the browser's console since the last call. */
  public List<String> messages() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      profile.toFile().deleteOnExit();
    }
  }
}
