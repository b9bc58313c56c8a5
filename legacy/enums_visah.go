package legacy

// VisaHTransactionType is the kind of a VISA-H transaction: a number that the
// platform sends as a string.
type VisaHTransactionType string

// Transaction types of the VISA-H page.
const (
	VisaHTypeUnknown            VisaHTransactionType = "0"  // unknown
	VisaHTypeNewAccount         VisaHTransactionType = "1"  // new account creation
	VisaHTypeCardSale           VisaHTransactionType = "2"  // new card issuance
	VisaHTypePurchase           VisaHTransactionType = "3"  // POS purchase, online purchase, or mobile purchase
	VisaHTypeRefund             VisaHTransactionType = "4"  // refund to card or wallet
	VisaHTypeAccountFunding     VisaHTransactionType = "5"  // top-up via POS to wallet, regardless of currency support
	VisaHTypeWithdraw           VisaHTransactionType = "6"  // withdrawal via POS or ATM, or bank transfer without card
	VisaHTypeBalanceInquiry     VisaHTransactionType = "7"  // balance inquiry
	VisaHTypePeerToPeer         VisaHTransactionType = "8"  // peer-to-peer transfer
	VisaHTypeWalletTransfer     VisaHTransactionType = "9"  // transfer between wallets
	VisaHTypeExchange           VisaHTransactionType = "10" // currency exchange (buyer or seller)
	VisaHTypeExchangeMargin     VisaHTransactionType = "11" // exchange margin between different currencies
	VisaHTypeSecondPresentment  VisaHTransactionType = "12" // second presentment, such as drafts
	VisaHTypeChargeback         VisaHTransactionType = "13" // chargeback processing
	VisaHTypeAdjustment         VisaHTransactionType = "14" // fund adjustment
	VisaHTypeExchangeAdjustment VisaHTransactionType = "15" // exchange rate adjustment
	VisaHTypeMaintenance        VisaHTransactionType = "16" // account maintenance
	VisaHTypeChargeOff          VisaHTransactionType = "17" // bad debt write-off
	VisaHTypeWithholding        VisaHTransactionType = "18" // withholding or deduction reserve
	VisaHTypeCloseAccount       VisaHTransactionType = "19" // account closure
	VisaHTypeReward             VisaHTransactionType = "20" // reward issuance
	VisaHTypeShipping           VisaHTransactionType = "21" // card shipping (standard delivery)
	VisaHTypeExpeditedShipping  VisaHTransactionType = "22" // card expedited shipping
	VisaHTypeAddressing         VisaHTransactionType = "23" // FPS (Faster Payment System) id registration
	VisaHTypeSettlement         VisaHTransactionType = "24" // settlement
	VisaHTypeConsolidated       VisaHTransactionType = "25" // account consolidation
	VisaHTypeInterest           VisaHTransactionType = "26" // interest payment
	VisaHTypeCashback           VisaHTransactionType = "27" // cashback
	VisaHTypeFee                VisaHTransactionType = "28" // fee deduction
	VisaHTypeMonthlyFee         VisaHTransactionType = "29" // monthly fee
	VisaHTypeAnnualFee          VisaHTransactionType = "30" // annual fee
	VisaHTypeFastFund           VisaHTransactionType = "31" // Visa instant funding
	VisaHTypeLoadReversal       VisaHTransactionType = "32" // top-up reversal
	VisaHTypeExpiry             VisaHTransactionType = "33" // expired funds returned to original funder
	VisaHTypeMoneyReceive       VisaHTransactionType = "34" // Mastercard fast funding
	VisaHTypeLatePaymentFee     VisaHTransactionType = "35" // late payment fee
)

// Known reports whether t was documented when this version was released.
func (t VisaHTransactionType) Known() bool { return inDictionary(string(t), 0, 35) }

// VisaHTransactionSource is where a VISA-H transaction came from: a number that
// the platform sends as a string.
type VisaHTransactionSource string

// Transaction sources of the VISA-H page.
const (
	VisaHSourceUnknown           VisaHTransactionSource = "0"  // unknown
	VisaHSourceInWalletPOS       VisaHTransactionSource = "1"  // InWalletPOS
	VisaHSourceOutOfWalletPOS    VisaHTransactionSource = "2"  // OutOfWalletPOS
	VisaHSourceInWalletATM       VisaHTransactionSource = "3"  // InWalletATM
	VisaHSourceOutOfWalletATM    VisaHTransactionSource = "4"  // OutOfWalletATM
	VisaHSourceOnline            VisaHTransactionSource = "5"  // Online
	VisaHSourcePartner           VisaHTransactionSource = "6"  // Partner: a top-up
	VisaHSourceCustomer          VisaHTransactionSource = "7"  // Customer
	VisaHSourceInternal          VisaHTransactionSource = "8"  // Internal
	VisaHSourceStatic            VisaHTransactionSource = "9"  // Static
	VisaHSourceMobileCommerce    VisaHTransactionSource = "10" // MobileCommerce
	VisaHSourceOnUs              VisaHTransactionSource = "11" // OnUs
	VisaHSourceOutOfWalletOnline VisaHTransactionSource = "12" // OutOfWalletOnline
)

// Known reports whether s was documented when this version was released.
func (s VisaHTransactionSource) Known() bool { return inDictionary(string(s), 0, 12) }
