// Package stores writes the module's values through the codecs of document stores
// and reads them back. It needs no server, and is a module of its own, so that
// nobody else depends on the drivers.
package stores
