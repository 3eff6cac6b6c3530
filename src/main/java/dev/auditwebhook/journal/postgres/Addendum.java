package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.journal.postgres.nodes.Delta;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;

/**
 * What is to be appended at once.
 *
 * @param entries in their order; {@code null} takes a number and is no event
 * @param arrived how many valid entries arrived since what was appended before
 * @param rejected how many that were not
 * @param emitted which of the inbox they are made of: they leave it along with this, or nothing is
 *     kept
 */
record Addendum(List<EncodedEntry> entries, long arrived, long rejected, List<Long> emitted) {

  boolean isEmpty() {
    return entries.isEmpty() && arrived == 0 && rejected == 0 && emitted.isEmpty();
  }

  /**
   * The parameters of the statement {@code append}.
   *
   * @param node the id of this node
   * @param schema the channel of notifications
   */
  Tuple parameters(String node, long generation, long groupNo, String schema, List<Delta> deltas) {
    int events = (int) entries.stream().filter(Objects::nonNull).count();
    Integer[] places = new Integer[events];
    String[] actions = new String[events];
    Buffer[] contents = new Buffer[events];
    Long[] times = new Long[events];
    Buffer[] recipients = new Buffer[events];
    Recipients last = null;
    Buffer lastBytes = null;
    int event = 0;
    for (int i = 0; i < entries.size(); i++) {
      EncodedEntry entry = entries.get(i);
      if (entry != null) {
        if (entry.recipients() != last) {
          last = entry.recipients();
          lastBytes = Rows.bytes(last.toBytes());
        }
        places[event] = i + 1;
        actions[event] = Rows.text(entry.action());
        contents[event] = Rows.bytes(entry.content());
        times[event] = entry.acceptedAt();
        recipients[event] = lastBytes;
        event++;
      }
    }
    return Tuple.tuple()
        .addString(node)
        .addLong(generation)
        .addLong(groupNo)
        .addString(schema)
        .addLong((long) entries.size())
        .addLong(arrived)
        .addLong(rejected)
        .addArrayOfInteger(places)
        .addArrayOfString(actions)
        .addArrayOfBuffer(contents)
        .addArrayOfLong(times)
        .addArrayOfBuffer(recipients)
        .addArrayOfInteger(deltas.stream().map(Delta::number).toArray(Integer[]::new))
        .addArrayOfLong(deltas.stream().map(Delta::wanted).toArray(Long[]::new))
        .addArrayOfLong(deltas.stream().map(Delta::dropped).toArray(Long[]::new))
        .addArrayOfLong(emitted.toArray(Long[]::new));
  }
}
