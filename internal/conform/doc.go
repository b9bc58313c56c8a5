// Package conform holds what proves a client and its platform in memory true to the
// provider's documents: what is inferred and can be set otherwise ([Inferred]), what the
// documents refuse ([Violations]), and answers that nobody documents ([Mutate],
// [Unharmed]). It is for tests.
package conform
