//go:build long

package providertest

// mutations is how many answers of each provider are changed on their way.
const mutations = 3000
