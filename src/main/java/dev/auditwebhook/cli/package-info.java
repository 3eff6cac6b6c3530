/**
 * The commands of the runnable jar. {@code MainVerticle.main} comes in by {@link
 * dev.auditwebhook.cli.Launcher}, and hands it the {@link dev.auditwebhook.cli.Service} to start;
 * {@link dev.auditwebhook.cli.Environment} is also asked by the verticle itself, as the variables
 * go over any configuration that it is given. The commands use the module as any program would: by
 * its options, its client and HTTP.
 */
package dev.auditwebhook.cli;
