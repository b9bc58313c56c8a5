package legacy

// VisaHTransactionType is the kind of a VISA-H transaction: a number that the
// platform sends as a string.
type VisaHTransactionType string

// Transaction types of the VISA-H page.
const (
	VisaHTransactionTypeUnknown    VisaHTransactionType = "0" // unknown
	VisaHTransactionTypeNewAccount VisaHTransactionType = "1" // new account creation
	VisaHTransactionTypeCardSale   VisaHTransactionType = "2" // new card issuance
	VisaHTransactionTypePurchase   VisaHTransactionType = "3" // POS purchase, online purchase, or mobile purchase
	VisaHTransactionTypeRefund     VisaHTransactionType = "4" // refund to card or wallet
	// top-up via POS to wallet, regardless of currency support
	VisaHTransactionTypeAccountFunding VisaHTransactionType = "5"
	// withdrawal via POS or ATM, or bank transfer without card
	VisaHTransactionTypeWithdraw           VisaHTransactionType = "6"
	VisaHTransactionTypeBalanceInquiry     VisaHTransactionType = "7"  // balance inquiry
	VisaHTransactionTypePeerToPeer         VisaHTransactionType = "8"  // peer-to-peer transfer
	VisaHTransactionTypeWalletTransfer     VisaHTransactionType = "9"  // transfer between wallets
	VisaHTransactionTypeExchange           VisaHTransactionType = "10" // currency exchange (buyer or seller)
	VisaHTransactionTypeExchangeMargin     VisaHTransactionType = "11" // exchange margin between different currencies
	VisaHTransactionTypeSecondPresentment  VisaHTransactionType = "12" // second presentment, such as drafts
	VisaHTransactionTypeChargeback         VisaHTransactionType = "13" // chargeback processing
	VisaHTransactionTypeAdjustment         VisaHTransactionType = "14" // fund adjustment
	VisaHTransactionTypeExchangeAdjustment VisaHTransactionType = "15" // exchange rate adjustment
	VisaHTransactionTypeMaintenance        VisaHTransactionType = "16" // account maintenance
	VisaHTransactionTypeChargeOff          VisaHTransactionType = "17" // bad debt write-off
	VisaHTransactionTypeWithholding        VisaHTransactionType = "18" // withholding or deduction reserve
	VisaHTransactionTypeCloseAccount       VisaHTransactionType = "19" // account closure
	VisaHTransactionTypeReward             VisaHTransactionType = "20" // reward issuance
	VisaHTransactionTypeShipping           VisaHTransactionType = "21" // card shipping (standard delivery)
	VisaHTransactionTypeExpeditedShipping  VisaHTransactionType = "22" // card expedited shipping
	VisaHTransactionTypeAddressing         VisaHTransactionType = "23" // FPS (Faster Payment System) id registration
	VisaHTransactionTypeSettlement         VisaHTransactionType = "24" // settlement
	VisaHTransactionTypeConsolidated       VisaHTransactionType = "25" // account consolidation
	VisaHTransactionTypeInterest           VisaHTransactionType = "26" // interest payment
	VisaHTransactionTypeCashback           VisaHTransactionType = "27" // cashback
	VisaHTransactionTypeFee                VisaHTransactionType = "28" // fee deduction
	VisaHTransactionTypeMonthlyFee         VisaHTransactionType = "29" // monthly fee
	VisaHTransactionTypeAnnualFee          VisaHTransactionType = "30" // annual fee
	VisaHTransactionTypeFastFund           VisaHTransactionType = "31" // Visa instant funding
	VisaHTransactionTypeLoadReversal       VisaHTransactionType = "32" // top-up reversal
	VisaHTransactionTypeExpiry             VisaHTransactionType = "33" // expired funds returned to original funder
	VisaHTransactionTypeMoneyReceive       VisaHTransactionType = "34" // Mastercard fast funding
	VisaHTransactionTypeLatePaymentFee     VisaHTransactionType = "35" // late payment fee
)

var visaHTransactionTypes = map[VisaHTransactionType]string{
	VisaHTransactionTypeUnknown:            "unknown",
	VisaHTransactionTypeNewAccount:         "new account creation",
	VisaHTransactionTypeCardSale:           "new card issuance",
	VisaHTransactionTypePurchase:           "POS purchase, online purchase, or mobile purchase",
	VisaHTransactionTypeRefund:             "refund to card or wallet",
	VisaHTransactionTypeAccountFunding:     "top-up via POS to wallet, regardless of currency support",
	VisaHTransactionTypeWithdraw:           "withdrawal via POS or ATM, or bank transfer without card",
	VisaHTransactionTypeBalanceInquiry:     "balance inquiry",
	VisaHTransactionTypePeerToPeer:         "peer-to-peer transfer",
	VisaHTransactionTypeWalletTransfer:     "transfer between wallets",
	VisaHTransactionTypeExchange:           "currency exchange (buyer or seller)",
	VisaHTransactionTypeExchangeMargin:     "exchange margin between different currencies",
	VisaHTransactionTypeSecondPresentment:  "second presentment, such as drafts",
	VisaHTransactionTypeChargeback:         "chargeback processing",
	VisaHTransactionTypeAdjustment:         "fund adjustment",
	VisaHTransactionTypeExchangeAdjustment: "exchange rate adjustment",
	VisaHTransactionTypeMaintenance:        "account maintenance",
	VisaHTransactionTypeChargeOff:          "bad debt write-off",
	VisaHTransactionTypeWithholding:        "withholding or deduction reserve",
	VisaHTransactionTypeCloseAccount:       "account closure",
	VisaHTransactionTypeReward:             "reward issuance",
	VisaHTransactionTypeShipping:           "card shipping (standard delivery)",
	VisaHTransactionTypeExpeditedShipping:  "card expedited shipping",
	VisaHTransactionTypeAddressing:         "FPS (Faster Payment System) id registration",
	VisaHTransactionTypeSettlement:         "settlement",
	VisaHTransactionTypeConsolidated:       "account consolidation",
	VisaHTransactionTypeInterest:           "interest payment",
	VisaHTransactionTypeCashback:           "cashback",
	VisaHTransactionTypeFee:                "fee deduction",
	VisaHTransactionTypeMonthlyFee:         "monthly fee",
	VisaHTransactionTypeAnnualFee:          "annual fee",
	VisaHTransactionTypeFastFund:           "Visa instant funding",
	VisaHTransactionTypeLoadReversal:       "top-up reversal",
	VisaHTransactionTypeExpiry:             "expired funds returned to original funder",
	VisaHTransactionTypeMoneyReceive:       "Mastercard fast funding",
	VisaHTransactionTypeLatePaymentFee:     "late payment fee",
}

// Known reports whether transactionType of the VISA-H transaction page lists t.
func (t VisaHTransactionType) Known() bool { return visaHTransactionTypes[t] != "" }

// Meaning returns the words of the dictionary, and "" for an unknown value.
func (t VisaHTransactionType) Meaning() string { return visaHTransactionTypes[t] }

// VisaHTransactionSource is where a VISA-H transaction came from: a number that
// the platform sends as a string.
type VisaHTransactionSource string

// Transaction sources of the VISA-H page.
const (
	VisaHTransactionSourceUnknown           VisaHTransactionSource = "0"  // unknown
	VisaHTransactionSourceInWalletPOS       VisaHTransactionSource = "1"  // InWalletPOS
	VisaHTransactionSourceOutOfWalletPOS    VisaHTransactionSource = "2"  // OutOfWalletPOS
	VisaHTransactionSourceInWalletATM       VisaHTransactionSource = "3"  // InWalletATM
	VisaHTransactionSourceOutOfWalletATM    VisaHTransactionSource = "4"  // OutOfWalletATM
	VisaHTransactionSourceOnline            VisaHTransactionSource = "5"  // Online
	VisaHTransactionSourcePartner           VisaHTransactionSource = "6"  // Partner: a top-up
	VisaHTransactionSourceCustomer          VisaHTransactionSource = "7"  // Customer
	VisaHTransactionSourceInternal          VisaHTransactionSource = "8"  // Internal
	VisaHTransactionSourceStatic            VisaHTransactionSource = "9"  // Static
	VisaHTransactionSourceMobileCommerce    VisaHTransactionSource = "10" // MobileCommerce
	VisaHTransactionSourceOnUs              VisaHTransactionSource = "11" // OnUs
	VisaHTransactionSourceOutOfWalletOnline VisaHTransactionSource = "12" // OutOfWalletOnline
)

var visaHTransactionSources = map[VisaHTransactionSource]string{
	VisaHTransactionSourceUnknown:           "unknown",
	VisaHTransactionSourceInWalletPOS:       "InWalletPOS",
	VisaHTransactionSourceOutOfWalletPOS:    "OutOfWalletPOS",
	VisaHTransactionSourceInWalletATM:       "InWalletATM",
	VisaHTransactionSourceOutOfWalletATM:    "OutOfWalletATM",
	VisaHTransactionSourceOnline:            "Online",
	VisaHTransactionSourcePartner:           "Partner: a top-up",
	VisaHTransactionSourceCustomer:          "Customer",
	VisaHTransactionSourceInternal:          "Internal",
	VisaHTransactionSourceStatic:            "Static",
	VisaHTransactionSourceMobileCommerce:    "MobileCommerce",
	VisaHTransactionSourceOnUs:              "OnUs",
	VisaHTransactionSourceOutOfWalletOnline: "OutOfWalletOnline",
}

// Known reports whether transactionSource of the VISA-H transaction page lists s.
func (s VisaHTransactionSource) Known() bool { return visaHTransactionSources[s] != "" }

// Meaning returns the words of the dictionary, and "" for an unknown value.
func (s VisaHTransactionSource) Meaning() string { return visaHTransactionSources[s] }
