// Package coverage leads from the rows of the providers' documents to this module's names
// and tests. The rows stand in testdata/coverage, one file per provider; [Check] reads the
// module's source and says where a row has no name or no test, [Verify] puts every row of
// a provider through that provider's own code, and [Page] is COVERAGE.md.
package coverage
