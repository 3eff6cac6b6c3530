package dev.auditwebhook.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a few megabytes in memory, where the user of this run may mount one. */
public final class SmallDisk implements AutoCloseable {

  private final Path root;
  private final boolean mounted;

  private SmallDisk(Path root, boolean mounted) {
    this.root = root;
    this.mounted = mounted;
  }

  /**
   * Mounts it.
   *
   * @param parent a directory in which it is to be
   */
  public static SmallDisk mount(Path parent, int megabytes) throws IOException {
    Path root = Files.createDirectory(parent.resolve("small-disk"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", root);
    if (mounted) {
      Files.createDirectory(root.resolve("files"));
    }
    return new SmallDisk(root, mounted);
  }

  public boolean isMounted() {
    return mounted;
  }

  /** An empty directory on it. */
  public Path path() {
    return root.resolve("files");
  }

  /** Leaves no room on it. */
  public void fill() {
    try (OutputStream filler = Files.newOutputStream(filler())) {
      while (true) {
        filler.write(new byte[4_096]);
      }
    } catch (IOException full) {
      // As it is meant.
    }
  }

  /** Takes away what filled it. */
  public void makeRoom() {
    try {
      Files.delete(filler());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path filler() {
    return root.resolve("filler");
  }

  @Override
  public void close() throws IOException {
    if (mounted) {
      run("umount", "--lazy", root);
    }
  }

  private static boolean run(Object... command) throws IOException {
    try {
      String[] words =
          java.util.Arrays.stream(command).map(Object::toString).toArray(String[]::new);
      return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
