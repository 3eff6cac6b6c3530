package dev.auditwebhook.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whose TCP connections are which, as Linux tells it. */
public final class Connections {

  private static final Path PROCESSES = Path.of("/proc");

  private Connections() {}

  /**
   * Finds the process that has a connection.
   *
   * @param port the port of its own end
   * @param processes those that may have it
   */
  public static OptionalLong owner(int port, Collection<Long> processes) {
    Set<String> sockets =
        Stream.of("tcp", "tcp6")
            .flatMap(table -> lines(PROCESSES.resolve("net").resolve(table)))
            .map(line -> line.strip().split("\\s+"))
            .filter(fields -> fields[1].endsWith(String.format(":%04X", port)))
            .map(fields -> "socket:[" + fields[9] + "]")
            .collect(Collectors.toSet());
    return processes.stream()
        .filter(process -> hasAny(process, sockets))
        .mapToLong(Long::longValue)
        .findFirst();
  }

  private static boolean hasAny(long process, Set<String> sockets) {
    try (Stream<Path> files = Files.list(PROCESSES.resolve(Long.toString(process)).resolve("fd"))) {
      return files.anyMatch(file -> sockets.contains(target(file)));
    } catch (IOException e) {
      return false; // It ended.
    }
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return ""; // It was closed.
    }
  }

  private static Stream<String> lines(Path table) {
    try {
      return Files.readAllLines(table).stream().skip(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
