package dev.auditwebhook.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The samples of a scrape, as Prometheus reads them. */
public final class Samples {

  private static final Pattern LINE = Pattern.compile("(\\w+)(\\{[^}]*})? (\\S+)");

  private final Map<String, Double> values = new TreeMap<>();
  private final Set<String> names = new TreeSet<>();

  /** Reads the text format. */
  public Samples(String text) {
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              Matcher sample = LINE.matcher(line);
              assertThat(sample.matches()).as(line).isTrue();
              names.add(sample.group(1));
              String labels = sample.group(2) == null ? "" : sample.group(2);
              values.put(sample.group(1) + labels, Double.valueOf(sample.group(3)));
            });
  }

  /** The names of all samples. */
  public Set<String> names() {
    return names;
  }

  /** Whether there is any of an endpoint of the default address. */
  public boolean knowEndpoint(String id) {
    return values.keySet().stream().anyMatch(each -> each.contains("endpoint=\"" + id + "\""));
  }

  /** The value of one, such as {@code webhook_pending{address="webhook"}}. */
  public long value(String sample) {
    assertThat(values).containsKey(sample);
    return values.get(sample).longValue();
  }

  /** The value of one of the default address, of the endpoint default, with further labels. */
  public long of(String name, String... labels) {
    return ofEndpoint("default", name, labels);
  }

  /** The value of one of the default address, of an endpoint, with further labels. */
  public long ofEndpoint(String id, String name, String... labels) {
    return of(name, Map.of("address", "webhook", "endpoint", id), labels);
  }

  /** The value of one of the default address that is of no endpoint, with further labels. */
  public long ofWebhook(String name, String... labels) {
    return of(name, Map.of("address", "webhook"), labels);
  }

  private long of(String name, Map<String, String> common, String... labels) {
    Map<String, String> all = new TreeMap<>(common);
    for (int i = 0; i < labels.length; i += 2) {
      all.put(labels[i], labels[i + 1]);
    }
    StringBuilder text = new StringBuilder();
    all.forEach((k, v) -> text.append(',').append(k).append("=\"").append(v).append('"'));
    return value(name + "{" + text.substring(1) + "}");
  }
}
