// Package sqltest tests sqltoken with processes that share a token over real databases:
// SQLite always, PostgreSQL and MariaDB where they are installed. It is a module of its
// own, so that nobody who imports the store compiles drivers.
package sqltest
