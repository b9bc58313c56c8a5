package coshine

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Layout is a layout of a reconciliation file.
type Layout int

// Layouts. Two editions of the authorization file's layout are published; ask
// Coshine which one yours has.
const (
	LayoutAuthorizationA Layout = iota + 1 // without message type, process code and Dr/Cr flag
	LayoutAuthorizationB                   // with them
	LayoutCapture                          // interchange
	LayoutDispute                          // disputes
)

// Known reports whether l is one of the two of the file page.
func (l Layout) Known() bool { return layouts[l].tag != "" }

// Kind returns the kind of file that has the layout.
func (l Layout) Kind() FileKind {
	switch l {
	case LayoutCapture:
		return FileKindCapture
	case LayoutDispute:
		return FileKindDispute
	case LayoutAuthorizationA, LayoutAuthorizationB:
		return FileKindAuthorization
	}
	return ""
}

// FileRecord is a detail record. Fields that a layout does not have stay empty;
// a platform may leave further ones blank or zero, depending on the card
// network. Amounts are decimals in major units, currencies ISO 4217 numbers, which
// [issuing.CurrencyByNumber] names.
type FileRecord struct {
	RecordType            string         // C, in dispute files S
	Branch                string         // 6 digits
	TransactionID         string         // at most 32 characters
	SchemeTransactionID   string         // the card network's, at most 66 characters
	MessageChannel        string         // at most 10 characters
	MessageType           string         // ISO 8583, 4 characters; not in edition A
	ProcessCode           string         // ISO 8583, 6 characters; not in edition A
	TransactionCode       string         // at most 30 characters
	TransactionType       string         // at most 30 characters; not in edition B
	Description           string         // at most 60 characters
	CardToken             CardToken      // the card's handle; opaque
	MaskedCardNumber      string         // 10 digits and a mask
	OriginalTransactionID string         // at most 32 characters
	SettlementDate        issuing.Date   // zero when blank
	AmountFlag            string         // debit or credit, 1 character; not in edition A
	TransactionCurrency   string         // 3 digits; the dispute's in dispute files
	TransactionAmount     issuing.Amount // the dispute's in dispute files
	BillCurrency          string         // 3 digits
	BillAmount            issuing.Amount // what the card is charged
	SettlementCurrency    string         // 3 digits
	SettlementAmount      issuing.Amount // what is settled
	InterchangeFee        issuing.Amount // capture and dispute files
	OtherFee              issuing.Amount // capture and dispute files
	MerchantID            string         // at most 15 characters; not in capture files
	MerchantName          string         // at most 40 characters; authorization files
	MCC                   string         // 4 digits; authorization files
	MerchantCountry       string         // 3 letters; authorization files
	AcquirerInstitution   string         // at most 11 characters; authorization files
	ForwardingInstitution string         // at most 11 characters; authorization files
	RetrievalReference    string         // at most 12 characters; authorization files
	SystemTrace           string         // 6 characters; edition A
	Rest                  []string       // columns after the published ones, as they came
}

// column is one column of a layout.
type column struct {
	name    string
	max     int  // characters; 0 is no limit
	numeric bool // digits only, when not blank
	set     func(*FileRecord, string) error
}

// check returns what is wrong with a field, or "".
func (c *column) check(text string) string {
	if c.max > 0 && len(text) > c.max && utf8.RuneCountInString(text) > c.max {
		return fmt.Sprintf("has more than %d characters", c.max)
	}
	if c.numeric && !digits(text) {
		return "has characters other than digits"
	}
	return ""
}

// text makes a column of free text.
func text(name string, limit int, at func(*FileRecord) *string) column {
	return column{name: name, max: limit, set: func(r *FileRecord, s string) error {
		*at(r) = s
		return nil
	}}
}

// number makes a column of digits.
func number(name string, limit int, at func(*FileRecord) *string) column {
	c := text(name, limit, at)
	c.numeric = true
	return c
}

var errFileAmount = errors.New("not an amount")

// amount makes a column of the form N(16,2), read as [issuing.ParseAmount] reads every
// amount, but for an exponent, which only a spreadsheet leaves in a file. Blanks are no
// amount. Zeros alone, of whatever width, are nothing; zeros before digits without a point
// are refused, since nothing says whether the last two are decimals.
func amount(name string, at func(*FileRecord) *issuing.Amount) column {
	return column{name: name, set: func(r *FileRecord, s string) error {
		if s == "" {
			return nil
		}
		if strings.Trim(s, "0") == "" {
			s = "0"
		}
		if strings.ContainsAny(s, "eE") {
			return errFileAmount
		}
		value, err := issuing.ParseAmount(s)
		if err != nil {
			return err
		}
		if value.Scale() > amountScale || len(strings.Trim(value.String(), "-"))-min(value.Scale(), 1) > maxAmountDigits {
			return errFileAmount
		}
		*at(r) = value
		return nil
	}}
}

var (
	colBranch     = number("branch", 6, func(r *FileRecord) *string { return &r.Branch })
	colTranID     = text("transaction id", 32, func(r *FileRecord) *string { return &r.TransactionID })
	colScheme     = text("scheme transaction id", 66, func(r *FileRecord) *string { return &r.SchemeTransactionID })
	colChannel    = text("message channel", 10, func(r *FileRecord) *string { return &r.MessageChannel })
	colMsgType    = text("message type", 4, func(r *FileRecord) *string { return &r.MessageType })
	colProcess    = text("process code", 6, func(r *FileRecord) *string { return &r.ProcessCode })
	colCode       = text("transaction code", 30, func(r *FileRecord) *string { return &r.TransactionCode })
	colType       = text("transaction type", 30, func(r *FileRecord) *string { return &r.TransactionType })
	colDesc       = text("description", 60, func(r *FileRecord) *string { return &r.Description })
	colMasked     = text("masked card no.", 19, func(r *FileRecord) *string { return &r.MaskedCardNumber })
	colOriginal   = text("original transaction id", 32, func(r *FileRecord) *string { return &r.OriginalTransactionID })
	colFlag       = text("amount flag", 1, func(r *FileRecord) *string { return &r.AmountFlag })
	colTranCcy    = number("transaction currency", 3, func(r *FileRecord) *string { return &r.TransactionCurrency })
	colTranAmt    = amount("transaction amount", func(r *FileRecord) *issuing.Amount { return &r.TransactionAmount })
	colBillCcy    = number("bill currency", 3, func(r *FileRecord) *string { return &r.BillCurrency })
	colBillAmt    = amount("bill amount", func(r *FileRecord) *issuing.Amount { return &r.BillAmount })
	colSettleCcy  = number("settlement currency", 3, func(r *FileRecord) *string { return &r.SettlementCurrency })
	colSettleAmt  = amount("settlement amount", func(r *FileRecord) *issuing.Amount { return &r.SettlementAmount })
	colFee        = amount("interchange fee", func(r *FileRecord) *issuing.Amount { return &r.InterchangeFee })
	colOtherFee   = amount("other fee", func(r *FileRecord) *issuing.Amount { return &r.OtherFee })
	colMerchant   = text("merchant id", 15, func(r *FileRecord) *string { return &r.MerchantID })
	colName       = text("merchant name", 40, func(r *FileRecord) *string { return &r.MerchantName })
	colMCC        = number("MCC", 4, func(r *FileRecord) *string { return &r.MCC })
	colCountry    = text("merchant country", 3, func(r *FileRecord) *string { return &r.MerchantCountry })
	colAcquirer   = text("acquirer institution", 11, func(r *FileRecord) *string { return &r.AcquirerInstitution })
	colForwarding = text("forwarding institution", 11, func(r *FileRecord) *string { return &r.ForwardingInstitution })
	colRetrieval  = text("retrieval reference", 12, func(r *FileRecord) *string { return &r.RetrievalReference })
	colTrace      = text("system trace", 6, func(r *FileRecord) *string { return &r.SystemTrace })
	colRecord     = text("record type", 1, func(r *FileRecord) *string { return &r.RecordType })

	// The documented length of a card token is not held by the published
	// samples, so it is not checked here either.
	colToken = column{name: "card token", max: maxCardToken, set: func(r *FileRecord, s string) error {
		r.CardToken = CardToken(s)
		return nil
	}}
	colSettleDate = column{name: "settlement date", max: 8, numeric: true, set: func(r *FileRecord, s string) (err error) {
		r.SettlementDate, err = parseFileDate(s)
		return err
	}}
)

// layout is what the reader knows of a file's records.
type layout struct {
	tag     string
	record  string // record type of detail records
	columns []column
}

var layouts = map[Layout]layout{
	LayoutAuthorizationA: {"HAUTH_300001", "C", []column{
		colRecord, colBranch, colTranID, colScheme, colChannel, colCode, colDesc, colType, colToken, colMasked,
		colOriginal, colSettleDate, colTranCcy, colTranAmt, colBillCcy, colBillAmt, colSettleCcy, colSettleAmt,
		colMerchant, colName, colMCC, colCountry, colAcquirer, colForwarding, colRetrieval, colTrace,
	}},
	LayoutAuthorizationB: {"HAUTH_300001", "C", []column{
		colRecord, colBranch, colTranID, colScheme, colChannel, colMsgType, colProcess, colCode, colDesc, colToken,
		colMasked, colOriginal, colSettleDate, colFlag, colTranCcy, colTranAmt, colBillCcy, colBillAmt, colSettleCcy,
		colSettleAmt, colMerchant, colName, colMCC, colCountry, colAcquirer, colForwarding, colRetrieval,
	}},
	LayoutCapture: {"HCAPTURED_300001", "C", []column{
		colRecord, colBranch, colTranID, colScheme, colChannel, colCode, colType, colDesc, colToken, colMasked,
		colOriginal, colMsgType, colProcess, colSettleDate, colFlag, colTranCcy, colTranAmt, colBillCcy, colBillAmt,
		colSettleCcy, colSettleAmt, colFee, colOtherFee,
	}},
	LayoutDispute: {"HDISPUTED_300001", "S", []column{
		colRecord, colBranch, colTranID, colScheme, colChannel, colCode, colType, colDesc, colToken, colMasked,
		colOriginal, colMsgType, colProcess, colSettleDate, colFlag, colTranCcy, colTranAmt, colBillCcy, colBillAmt,
		colSettleCcy, colSettleAmt, colFee, colOtherFee, colMerchant,
	}},
}
