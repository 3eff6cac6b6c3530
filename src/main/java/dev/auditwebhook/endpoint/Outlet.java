package dev.auditwebhook.endpoint;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.settings.Settings;
import dev.auditwebhook.wire.Credentials;
import dev.auditwebhook.wire.StandardHeaders;
import dev.auditwebhook.wire.WebClientSender;

/**
 * What an endpoint sends with. It is made of the options that are in force, and another one when
 * they are replaced.
 *
 * @param puts that of the settings then
 */
record Outlet(
    int puts,
    StandardHeaders headers,
    Credentials credentials,
    WebClientSender sender,
    TestDelivery tests) {

  static Outlet of(Settings settings, Surroundings around, MessageIds ids, EndpointStore store) {
    EndpointOptions options = settings.options();
    Clock clock = around.clock();
    StandardHeaders headers = new StandardHeaders(options, settings, clock::now);
    Credentials credentials = new Credentials(options, settings.credentialsUrl());
    WebClientSender sender =
        new WebClientSender(
            new WebClientSender.Network(around.vertx(), around.resolver(), clock::elapsed),
            options,
            headers,
            credentials,
            ids::ofEvent,
            store::owns);
    return new Outlet(
        settings.puts(), headers, credentials, sender, new TestDelivery(ids, sender, clock));
  }
}
