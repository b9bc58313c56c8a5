package legacy

// VisaHTransactionType is the kind of a VISA-H transaction: a number that the
// platform sends as a string.
type VisaHTransactionType string

// Transaction types of the VISA-H page.
const (
	VisaHTransactionTypeUnknown            VisaHTransactionType = "0"  // unknown
	VisaHTransactionTypeNewAccount         VisaHTransactionType = "1"  // new account creation
	VisaHTransactionTypeCardSale           VisaHTransactionType = "2"  // new card issuance
	VisaHTransactionTypePurchase           VisaHTransactionType = "3"  // POS purchase, online purchase, or mobile purchase
	VisaHTransactionTypeRefund             VisaHTransactionType = "4"  // refund to card or wallet
	VisaHTransactionTypeAccountFunding     VisaHTransactionType = "5"  // top-up via POS to wallet, regardless of currency support
	VisaHTransactionTypeWithdraw           VisaHTransactionType = "6"  // withdrawal via POS or ATM, or bank transfer without card
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

var visaHTransactionTypes = dictionary[VisaHTransactionType](0,
	"unknown", "new account creation", "new card issuance",
	"POS purchase, online purchase, or mobile purchase", "refund to card or wallet",
	"top-up via POS to wallet, regardless of currency support",
	"withdrawal via POS or ATM, or bank transfer without card", "balance inquiry", "peer-to-peer transfer",
	"transfer between wallets", "currency exchange (buyer or seller)",
	"exchange margin between different currencies", "second presentment, such as drafts",
	"chargeback processing", "fund adjustment", "exchange rate adjustment", "account maintenance",
	"bad debt write-off", "withholding or deduction reserve", "account closure", "reward issuance",
	"card shipping (standard delivery)", "card expedited shipping",
	"FPS (Faster Payment System) id registration", "settlement", "account consolidation",
	"interest payment", "cashback", "fee deduction", "monthly fee", "annual fee", "Visa instant funding",
	"top-up reversal", "expired funds returned to original funder", "Mastercard fast funding",
	"late payment fee")

// Known reports whether t was documented when this version was released.
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

var visaHTransactionSources = dictionary[VisaHTransactionSource](0,
	"unknown", "InWalletPOS", "OutOfWalletPOS", "InWalletATM", "OutOfWalletATM", "Online",
	"Partner: a top-up", "Customer", "Internal", "Static", "MobileCommerce", "OnUs", "OutOfWalletOnline")

// Known reports whether s was documented when this version was released.
func (s VisaHTransactionSource) Known() bool { return visaHTransactionSources[s] != "" }

// Meaning returns the words of the dictionary, and "" for an unknown value.
func (s VisaHTransactionSource) Meaning() string { return visaHTransactionSources[s] }
