package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.journal.Nodes.Tenancy;
import dev.auditwebhook.journal.postgres.database.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Statements that make, move and remove endpoints, while others do so too. */
class EndpointStatementsTest {

  @RegisterExtension final Tables tables = new Tables();
  private Database database;

  @BeforeEach
  void connect() {
    database = tables.database();
  }

  private Future<RowSet<Row>> begin(String statement, Tuple parameters) {
    return tables.begin(() -> database.run(statement, parameters));
  }

  private void node(String id, String until) {
    tables.sql(
        "INSERT INTO {s}.node (id, name, until) VALUES ('%s', '%s', now() + interval '%s')"
            .formatted(id, id, until));
  }

  @Test
  void aClaimTakesNothingFromANodeThatIsThereSinceItBegan() throws SQLException {
    node("gone", "-1 hour");
    node("slow", "1 hour");
    tables.sql(
        "INSERT INTO {s}.progress (number, owner, epoch, position, totals)"
            + " VALUES (0, 'gone', 1, 0, '{0,0,0,0,0,0}')");
    Future<RowSet<Row>> claim;
    try (Connection locked =
        tables.transaction("SELECT FROM {s}.node WHERE id = 'gone' FOR UPDATE")) {
      claim = begin("endpoint-claim", Tuple.of("slow", tables.schema, new Integer[] {0}));
      tables.awaitBlocked(1);
      node("new", "1 hour");
      tables.sql("UPDATE {s}.progress SET owner = 'new', epoch = 2");
      locked.commit();
    }

    assertThat(result(claim).rowCount()).isZero();
    assertThat(tables.value("SELECT (owner, epoch) FROM {s}.progress")).isEqualTo("(new,2)");
  }

  @Test
  void anEndpointThatIsMadeAlongWithAnotherOneGetsTheNextNumber() throws SQLException {
    Node node = Node.open(tables);
    Future<Tenancy> made;
    try (Connection other =
        tables.transaction(
            "INSERT INTO {s}.endpoint (id, number, settings) VALUES ('o', 0, '{}')")) {
      made = tables.begin(() -> node.engine.nodes().create("mine"));
      tables.awaitBlocked(1);
      other.commit();
    }

    Tenancy tenancy = result(made);
    assertThat(tenancy).isNotNull();
    assertThat(tenancy.state().number()).isEqualTo(1);
    node.close();
  }

  @Test
  void whatAStepLeftOfARemovedEndpointIsNotForTheNextOneOfItsNumber() throws SQLException {
    Node node = Node.open(tables).runs("a");
    tables.sql("UPDATE {s}.endpoint SET configured = '{}'");
    Future<RowSet<Row>> removal;
    try (Connection step = tables.transaction("UPDATE {s}.progress SET step = 9")) {
      step.createStatement()
          .execute(
              "INSERT INTO %s.straggler VALUES (0, 1, 'x', '', 0, 1, 0)".formatted(tables.schema));
      step.createStatement()
          .execute(
              "INSERT INTO %s.dead_letter (number, id, action, content, accepted_at, attempts, error)"
                      .formatted(tables.schema)
                  + " VALUES (0, 2, 'x', '', 0, 1, 'x')");
      removal = begin("endpoint-remove", Tuple.tuple());
      tables.awaitBlocked(1);
      step.commit();
    }
    result(removal);
    tables.sql("UPDATE {s}.former_number SET freed = now() - interval '2 hours'");

    Tenancy next = tables.ask(() -> node.engine.nodes().create("b"));

    assertThat(next.state().number()).isZero();
    assertThat(tables.select("SELECT id FROM {s}.straggler")).isEmpty();
    assertThat(tables.select("SELECT id FROM {s}.dead_letter")).isEmpty();
    node.close();
  }

  @Test
  void anEndpointThatIsMadeAgainWhileItsRemainsGoStays() throws SQLException {
    tables.sql("INSERT INTO {s}.endpoint (id, settings) VALUES ('a', '{}')");
    Future<RowSet<Row>> removal;
    try (Connection again = tables.transaction("UPDATE {s}.endpoint SET number = 0")) {
      removal = begin("endpoint-remove", Tuple.tuple());
      tables.awaitBlocked(1);
      again.commit();
    }
    result(removal);

    assertThat(tables.select("SELECT id FROM {s}.endpoint")).containsExactly("a");
  }
}
