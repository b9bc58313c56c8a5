package uqpay

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// OrderService reads what became of an asynchronous card operation.
type OrderService struct{ c *Client }

// Order is an asynchronous card operation.
type Order struct {
	CardID       string           `json:"card_id"`       // the card
	ID           string           `json:"card_order_id"` // the order
	Type         OrderType        `json:"order_type"`    // what it does
	Amount       issuing.Amount   `json:"amount"`        // unset for PIN orders
	Currency     issuing.Currency `json:"card_currency"` // empty for PIN orders
	CreateTime   time.Time        `json:"create_time"`   // when it was received
	UpdateTime   time.Time        `json:"update_time"`   // when it last changed
	CompleteTime time.Time        `json:"complete_time"` // zero until it has ended
	Status       OrderStatus      `json:"order_status"`  // see [OrderStatus.Terminal]
	FailureCode  string           `json:"failure_code"`  // such as INVALID_PIN; may be empty even when it failed
}

func (o *Order) incomplete() bool { return o.ID == "" || unusable(o.ID, o.CardID) }

// Order reads an order: the CardOrder.ID or Order.ID of an answer. An order that
// the platform does not know is issuing.ErrNotFound.
//
// Safety: read.
func (s *OrderService) Order(ctx context.Context, orderID string, opts ...issuing.CallOption) (*Order, error) {
	return call[Order](ctx, s.c, opOrder.at(orderID), none{}, opts)
}
