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

// Known reports whether t was documented when this version was released.
func (t VisaHTransactionType) Known() bool { return inDictionary(string(t), 0, 35) }

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

// Known reports whether s was documented when this version was released.
func (s VisaHTransactionSource) Known() bool { return inDictionary(string(s), 0, 12) }
