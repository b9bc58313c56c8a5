// Package sqltest runs sqldedupe's SQL on real databases: on SQLite always, on
// PostgreSQL and on MariaDB (for the MySQL dialect) where their servers are
// installed. It is a module of its own, so that programs that use sqldedupe do
// not depend on the drivers.
package sqltest
