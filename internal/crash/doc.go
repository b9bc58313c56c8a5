// Package crash kills processes that move money, and has others settle what they left
// behind: for tests.
package crash
