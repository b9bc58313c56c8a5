package acme

// Acme's operations: how each may be repeated, and what settles it. Their names are
// their paths.
var (
	opCard     = op("Cards.Card", read, by())
	opFreeze   = op("Cards.Freeze", checked, by("Cards.Card"))
	opSetPIN   = op("Cards.SetPIN", once, byNote("setting the same PIN again settles it"))
	opDeposit  = op("Cards.Deposit", keyed, by("Cards.Deposits"))
	opDeposits = op("Cards.Deposits", read, by())
)
