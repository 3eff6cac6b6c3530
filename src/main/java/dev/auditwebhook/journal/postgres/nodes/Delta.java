package dev.auditwebhook.journal.postgres.nodes;

/**
 * What arrived at this node for an endpoint and is not kept yet.
 *
 * @param number that of the endpoint among the recipients
 * @param wanted entries that were for it
 * @param dropped those of them that there was no room for
 */
public record Delta(int number, long wanted, long dropped) {}
