package providertest_test

import (
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/providertest"
)

func TestProviders(t *testing.T) { providertest.Run(t, providertest.Providers) }
