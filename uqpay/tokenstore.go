package uqpay

import "context"

// TokenStore keeps the one access token of a credential, so that several clients
// and processes can share it. Implementations are safe for concurrent use.
type TokenStore interface {
	// Update calls renew with the stored token, the zero Token when there is
	// none, stores what it returns and returns that. From reading to storing it
	// keeps all other users of the store out: by a row lock, a lease or the like,
	// which it waits for no longer than ctx allows. renew returns the stored
	// token unchanged when it still works; nothing need be written then. An error
	// of renew is returned as it is, and nothing is stored.
	//
	// A client calls Update only when it has no working token, once at a time,
	// and for at most two minutes. A stored token is as secret as the API key.
	Update(ctx context.Context, renew func(ctx context.Context, stored Token) (Token, error)) (Token, error)
}

// memoryTokenStore is a [TokenStore] for the clients of one process.
type memoryTokenStore struct {
	turn  chan struct{} // holds one element; who has taken it may renew
	token Token         // of who has the turn
}

// NewMemoryTokenStore returns an empty [TokenStore] for the clients of one process.
func NewMemoryTokenStore() TokenStore {
	s := &memoryTokenStore{turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// Update implements [TokenStore].
func (s *memoryTokenStore) Update(
	ctx context.Context, renew func(context.Context, Token) (Token, error),
) (Token, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return Token{}, ctx.Err()
	}
	defer func() { s.turn <- struct{}{} }()
	next, err := renew(ctx, s.token)
	if err != nil {
		return Token{}, err
	}
	s.token = next
	return next, nil
}
