package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.wire.format.Finding;

/**
 * What is done about events of an attempt that fared alike: mostly all of them.
 *
 * @param attempt with a batch of these events alone
 * @param finding what the answer says of them
 */
public record Decision(Attempt attempt, Ruling ruling, Finding finding) {}
