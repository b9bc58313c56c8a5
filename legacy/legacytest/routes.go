package legacytest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// route is one path of the API.
type route struct {
	run      func(*Server, fields) (any, *problem)
	unsigned []string // parameters that the page keeps out of the signature
}

// routes are the operations by path. They run with the server's lock held.
var routes = map[string]route{
	"/op/card/E/info":              {run: (*Server).masterEInfo},
	"/op/card/E/lock":              {run: (*Server).masterELock},
	"/op/card/E/un/lock":           {run: (*Server).masterEUnlock},
	"/op/card/E/change/pin/secure": {run: (*Server).masterEPIN},
	"/op/card/E/set/daily/limit":   {run: (*Server).masterELimits},
	"/op/card/E/transaction":       {run: (*Server).masterETransactions},
	"/op/card/E/transaction/page":  {run: (*Server).masterEPage},

	"/op/card/H/balance":           {run: (*Server).visaHBalance},
	"/op/card/H/lock":              {run: (*Server).visaHLock},
	"/op/card/H/un/lock":           {run: (*Server).visaHUnlock},
	"/op/card/H/change/pin/secure": {run: (*Server).visaHPIN},
	"/op/card/H/transactions":      {run: (*Server).visaHTransactions},
	"/op/card/H/oob":               {run: (*Server).visaHReply},
	"/op/card/H/oob/simulate":      {run: (*Server).visaHSimulate},

	"/op/card/L/head":                   {run: (*Server).virtualLHead},
	"/op/card/L/head/en":                {run: (*Server).virtualLHeadEnglish},
	"/op/card/L/info":                   {run: (*Server).virtualLInfo},
	"/op/card/L/lock":                   {run: (*Server).virtualLLock},
	"/op/card/L/un/lock":                {run: (*Server).virtualLUnlock},
	"/op/card/L/transaction":            {run: (*Server).virtualLTransactions},
	"/op/card/L/simulation/otp":         {run: (*Server).virtualLSimulateOTP},
	"/op/card/L/simulation/transaction": {run: (*Server).virtualLSimulateTransaction},

	"/op/card/P/bin":         {run: (*Server).virtualPBINs},
	"/op/card/P/info/v2":     {run: (*Server).virtualPInfo},
	"/op/card/P/lock":        {run: (*Server).virtualPLock},
	"/op/card/P/un/lock":     {run: (*Server).virtualPUnlock},
	"/op/card/P/close":       {run: (*Server).closeCard},
	"/op/card/P/document":    {run: (*Server).virtualPDocument, unsigned: []string{"faceImage", "backImage"}},
	"/op/card/P/transaction": {run: (*Server).virtualPTransactions},

	"/api/card/top/up":       {run: (*Server).topUp},
	"/api/card/top/up/query": {run: (*Server).topUpQuery},

	"/api/card/kyc/apply/master/E":     {run: (*Server).applyMasterE, unsigned: []string{"faceImage", "backImage", "passImage", "signImage"}},
	"/api/card/kyc/apply/visa/H":       {run: (*Server).applyVisaH, unsigned: []string{"faceImage", "backImage", "passImage"}},
	"/api/card/kyc/apply/virtual/L":    {run: (*Server).applyVirtualL},
	"/api/card/kyc/apply/virtual/L/en": {run: (*Server).applyVirtualLEnglish},
	"/api/card/kyc/apply/virtual/P":    {run: (*Server).applyVirtualP},
	"/api/card/kyc/query":              {run: (*Server).kycQuery},

	"/api/v1/legacy/tf/v4/quotes":                 {run: (*Server).quotes},
	"/api/v1/legacy/tf/v4/order/create":           {run: (*Server).transferCreate},
	"/api/v1/legacy/tf/v4/order/query":            {run: (*Server).transferQuery},
	"/api/v1/legacy/tf/v4/business":               {run: reference("business", "country", "type")},
	"/api/v1/legacy/tf/v4/sourceCountry":          {run: reference("countries")},
	"/api/v1/legacy/tf/v4/countries":              {run: reference("countries")},
	"/api/v1/legacy/tf/v4/target/types":           {run: reference("options", "country")},
	"/api/v1/legacy/tf/v4/type/countries":         {run: reference("countries", "type")},
	"/api/v1/legacy/tf/v4/currency/partner":       {run: reference("options", "type", "country")},
	"/api/v1/legacy/tf/v4/banks":                  {run: reference("banks", "country")},
	"/api/v1/legacy/tf/v4/branch":                 {run: reference("branches", "country", "bankCode")},
	"/api/v1/legacy/tf/v4/states":                 {run: reference("states", "country")},
	"/api/v1/legacy/tf/v4/city/code":              {run: reference("cities", "country", "stateCode")},
	"/api/v1/legacy/tf/v4/relationship/code":      {run: reference("relationships")},
	"/api/v1/legacy/tf/v4/remittancePurpose/code": {run: reference("purposes", "country", "business", "type", "currency")},
	"/api/v1/legacy/tf/v4/sourceOfFunds/code":     {run: reference("funds", "country", "business")},
	"/api/v1/legacy/tf/v4/occupation/code":        {run: reference("occupations")},
}

// Paths lists the paths that the platform answers, sorted.
func Paths() []string {
	var out []string
	for path := range routes {
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

// newEnvelope reports whether a path can answer in the newer envelope.
func newEnvelope(path string) bool { return strings.HasPrefix(path, "/api/v1/") }

// answerNew builds the newer envelope, in which 0 is success.
func answerNew(code legacy.Code, message string, data any) platform.Reply {
	if code == legacy.CodeSuccess {
		code = 0
	}
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(map[string]any{"code": int(code), "message": message, "data": data})
	return platform.Reply{Body: buf.Bytes(), Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
}
