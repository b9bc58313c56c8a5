// Package browsertest opens the page of the control API in a real Chromium: what it
// shows as things happen, what can be done with it, and whether everybody can use it. It
// is a module of its own, so that what it needs is needed by nobody else.
//
// The pictures in examples/sandbox are made by it too, with the font Inter where it is
// installed (Debian: fonts-inter):
//
//	go test -run TestPictures -pictures ../../../examples/sandbox
package browsertest
