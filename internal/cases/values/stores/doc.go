// Package stores writes the module's values and types through the codecs of document
// stores and through the columns of a database, and reads them back. It needs no
// server.
package stores
