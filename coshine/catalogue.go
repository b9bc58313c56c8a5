package coshine

import (
	"errors"
	"slices"
)

// ErrRetired stands behind the issuing.ErrNotConfigured of an interface that the
// catalogue marks as an old version.
var ErrRetired = errors.New("retired: the catalogue marks it as an old version that is not used now")

// API is the name of an interface, as the catalogue writes it. It is the key of
// [Paths].
type API string

// Module is a module of the catalogue.
type Module string

// Modules of the catalogue, one service each.
const (
	ModuleApplication    Module = "Application"    // [Client.Cards]
	ModuleCustomer       Module = "Customer"       // [Client.Customers]
	ModuleAccount        Module = "Account"        // [Client.Accounts]
	ModuleCard           Module = "Card"           // [Client.Cards]
	ModulePIN            Module = "PIN"            // [Client.PINs]
	ModuleTransaction    Module = "Transaction"    // [Client.Transactions]
	ModuleToken          Module = "Token"          // [Client.Tokens]
	ModuleAuthentication Module = "Authentication" // [NewCallbacks], [Functions]
	ModuleParameter      Module = "Parameter"      // [Client.Parameters]
)

// Known reports whether m is a module of the catalogue.
func (m Module) Known() bool {
	return slices.Contains([]Module{
		ModuleApplication, ModuleCustomer, ModuleAccount, ModuleCard, ModulePIN, ModuleTransaction, ModuleToken,
		ModuleAuthentication, ModuleParameter,
	}, m)
}

// Availability says whether a card programme has an interface.
type Availability string

// Availabilities of the catalogue.
const (
	AvailabilityMandatory   Availability = "M"  // every issuer implements it
	AvailabilityOptional    Availability = "O"  // when the issuer wants it
	AvailabilityConditional Availability = "C"  // when the catalogue's condition holds; see the remark
	AvailabilityNone        Availability = "NA" // the programme does not have it
	AvailabilityUnstated    Availability = ""   // the catalogue leaves the column blank
)

// Known reports whether a is a mark of the catalogue, the blank included.
func (a Availability) Known() bool {
	return slices.Contains([]Availability{AvailabilityMandatory, AvailabilityOptional, AvailabilityConditional,
		AvailabilityNone, AvailabilityUnstated}, a)
}

// Evidence says how well an interface's path is known.
type Evidence string

// Grades of evidence.
const (
	EvidencePublished Evidence = "R"   // in Coshine's public reference; a default of the client
	EvidenceInferred  Evidence = "I"   // a guess of [InferredPaths]; never a default
	EvidenceUnknown   Evidence = "U"   // nobody outside Coshine knows it
	EvidenceOfIssuer  Evidence = "ISS" // inbound: the issuer chooses it
)

// Known reports whether e is one of the grades above.
func (e Evidence) Known() bool {
	return slices.Contains([]Evidence{EvidencePublished, EvidenceInferred, EvidenceUnknown, EvidenceOfIssuer}, e)
}

// Row is one interface: a row of the catalogue, or one of a later edition.
type Row struct {
	No      int          // 1 to 48 in the catalogue, 0 for interfaces of later editions
	Module  Module       // the service that has it
	API     API          // its name
	Aliases []string     // other names of it in Coshine's documents
	Inbound bool         // EastPay calls the issuer; see [NewCallbacks]
	Prepaid Availability // in prepaid programmes
	Debit   Availability // in debit programmes
	// Path of [Catalogue] is the published one or "". That of [Client.Row] is
	// the one the client uses, "" when none is configured.
	Path     string
	Evidence Evidence // how well the path is known
	Inferred bool     // request fields are inferred, in full or in part
	Retired  bool     // an old version that is not in use any more
	Remark   string   // of the catalogue
}

// Catalogue returns the 48 rows of the catalogue in order, then the interfaces
// of later editions.
func Catalogue() []Row {
	rows := slices.Clone(catalogue)
	for i := range rows {
		rows[i].Aliases = slices.Clone(rows[i].Aliases)
		if rows[i].Evidence != EvidencePublished {
			rows[i].Path = ""
		}
	}
	return rows
}

// Paths maps interfaces to paths below [Config.BaseURL], such as
// "/tranmgr/loadFund".
type Paths map[API]string

// InferredPaths returns the paths that follow from the naming pattern of the
// published ones. Coshine has not published them: use them with the platform in
// memory, or after Coshine has confirmed each one that is used. A guessed path
// on a money call is worse than no call.
func InferredPaths() Paths {
	paths := Paths{}
	for _, row := range catalogue {
		if row.Evidence == EvidenceInferred {
			paths[row.API] = row.Path
		}
	}
	return paths
}

// rowOf returns the row of an API.
func rowOf(api API) (Row, bool) {
	for _, row := range catalogue {
		if row.API == api {
			return row, true
		}
	}
	return Row{}, false
}

// canonical resolves an alias to the catalogue's name.
func canonical(name API) (API, bool) {
	for _, row := range catalogue {
		if row.API == name || slices.Contains(row.Aliases, string(name)) {
			return row.API, true
		}
	}
	return "", false
}
