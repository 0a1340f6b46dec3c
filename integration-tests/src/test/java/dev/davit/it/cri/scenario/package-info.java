/** What runtimes have to do according to the tests of the Container Runtime Interface, asked for with the client. */
package dev.davit.it.cri.scenario;
