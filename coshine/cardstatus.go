package coshine

// CardStatus is the letter that the platform sends for a card's status. Two
// published tables give N and U opposite meanings, so the letter alone does not
// say whether a card is active: read it with a [Dialect].
type CardStatus string

// Letters on which both tables agree.
const (
	CardStatusCancelled CardStatus = "D" // cancelled, destroyed; final
	CardStatusLost      CardStatus = "L" // lost (reported); or blocked as well, see [LostMeaning]
)

// Letters whose meaning depends on the table.
const (
	CardStatusN CardStatus = "N" // portal: normal; reference: new, not yet activated
	CardStatusU CardStatus = "U" // portal: inactive, unclaimed; reference: active, in use
	CardStatusP CardStatus = "P" // portal: password lost; reference: pending
	CardStatusO CardStatus = "O" // portal: password lock; reference: open
	CardStatusX CardStatus = "X" // portal: counterfeit card; reference: closed
	CardStatusE CardStatus = "E" // reference only: expired
)

// Known reports whether s is in one of the two tables.
func (s CardStatus) Known() bool {
	_, portal := portalStatuses[s]
	_, reference := referenceStatuses[s]
	return portal || reference
}

// Terminal reports whether a card can leave this status no more. It is true for
// a cancelled card, on which both tables agree.
func (s CardStatus) Terminal() bool { return s == CardStatusCancelled }

// CardState is the meaning of a [CardStatus] letter.
type CardState int

// Card states.
const (
	CardStateUnknown        CardState = iota // the letter is not in the chosen table
	CardStateActive                          // normal, in use
	CardStateInactive                        // new, not activated
	CardStateCancelled                       // cancelled, destroyed
	CardStateLost                            // reported lost
	CardStatePasswordLost                    // portal table
	CardStatePasswordLocked                  // portal table
	CardStateCounterfeit                     // portal table
	CardStatePending                         // reference table
	CardStateOpen                            // reference table; what it means is not published
	CardStateClosed                          // reference table
	CardStateExpired                         // reference table
	CardStateLostOrBlocked                   // reported lost, or frozen: by the letter alone nobody can tell
)

var cardStateNames = map[CardState]string{
	CardStateActive: "active", CardStateInactive: "inactive", CardStateCancelled: "cancelled", CardStateLost: "lost",
	CardStateLostOrBlocked: "lost or blocked",
	CardStatePasswordLost:  "password lost", CardStatePasswordLocked: "password locked",
	CardStateCounterfeit: "counterfeit",
	CardStatePending:     "pending", CardStateOpen: "open", CardStateClosed: "closed", CardStateExpired: "expired",
}

// Known reports whether the letter was in the chosen table, so it is false for
// CardStateUnknown.
func (s CardState) Known() bool { return s != CardStateUnknown && cardStateNames[s] != "" }

// Terminal reports whether a card can leave this state no more.
func (s CardState) Terminal() bool { return s == CardStateCancelled || s == CardStateClosed }

// String returns the state in words.
func (s CardState) String() string {
	if !s.Known() {
		return "unknown"
	}
	return cardStateNames[s]
}

// Dialect chooses one of the two published tables of card statuses. Confirm it
// in the sandbox: read a card before and after its activation.
type Dialect int

// Dialects. The zero Dialect is none chosen: it reads the letters on which both
// tables agree and calls every other one unknown.
const (
	DialectNone      Dialect = iota // only D and L are read
	DialectPortal                   // the table of the developer portal's customer page
	DialectReference                // the table of the public reference repository
)

// Known reports whether d is one of the constants above.
func (d Dialect) Known() bool {
	return d == DialectNone || d == DialectPortal || d == DialectReference
}

// String returns the name of the table.
func (d Dialect) String() string {
	switch d {
	case DialectPortal:
		return "portal"
	case DialectReference:
		return "reference"
	}
	return "none"
}

// LostMeaning is what the letter L says of a card. Both tables have "lost"; another page of
// the public reference repository has "Lost/blocked". Confirm it in the sandbox: freeze a
// card and read it.
type LostMeaning int

// Meanings of L.
const (
	LostMeaningReported LostMeaning = iota // reported lost
	LostMeaningBlocked                     // reported lost, or frozen
)

func (m LostMeaning) known() bool { return m == LostMeaningReported || m == LostMeaningBlocked }

var portalStatuses = map[CardStatus]CardState{
	CardStatusN: CardStateActive, CardStatusU: CardStateInactive,
	CardStatusCancelled: CardStateCancelled, CardStatusLost: CardStateLost,
	CardStatusP: CardStatePasswordLost, CardStatusO: CardStatePasswordLocked,
	CardStatusX: CardStateCounterfeit,
}

var referenceStatuses = map[CardStatus]CardState{
	CardStatusN: CardStateInactive, CardStatusU: CardStateActive,
	CardStatusCancelled: CardStateCancelled, CardStatusLost: CardStateLost,
	CardStatusP: CardStatePending, CardStatusO: CardStateOpen,
	CardStatusX: CardStateClosed, CardStatusE: CardStateExpired,
}

// State returns the meaning of a letter in the dialect's table.
func (d Dialect) State(s CardStatus) CardState {
	switch {
	case d == DialectPortal:
		return portalStatuses[s]
	case d == DialectReference:
		return referenceStatuses[s]
	case portalStatuses[s] == referenceStatuses[s]:
		return portalStatuses[s]
	}
	return CardStateUnknown
}
