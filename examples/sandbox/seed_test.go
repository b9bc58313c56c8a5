package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// asProgram is set for the test's binary where it is to be the program.
const asProgram = "SANDBOX_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// process runs the sandbox in a process of its own and returns its control.
func process(t *testing.T, args ...string) (address string, stop func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"serve", "--control", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	ready, end := begin(t, cmd)
	return ready["control"].(string), func() { end() }
}

// begin starts a program that serves and returns its line, and what ends it by SIGTERM
// and returns what it wrote on standard error.
func begin(t *testing.T, cmd *exec.Cmd) (ready map[string]any, stop func() (log string)) {
	t.Helper()
	var log strings.Builder
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadBytes('\n')
	if err := json.Unmarshal(line, &ready); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("%v in %q; %s", err, line, log.String())
	}
	return ready, func() string {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("after SIGTERM: %v; %s", err, log.String())
		}
		return log.String()
	}
}

// seeded are steps through all six; @ is the card of the answer before.
var seeded = []string{
	"trigger worldcard.issue-card type=VIRTUAL-G amount=100", "trigger worldcard.issue-card type=PHYSICAL-G",
	"trigger worldcard.purchase card=1000000000000002 amount=5", "trigger worldcard.reveal-card card=1000000000000002",
	"trigger legacy.issue-card product=VIRTUAL-P amount=100", "trigger legacy.issue-card product=VISA-H",
	"trigger legacy.purchase card=1 amount=5", "trigger legacy.reveal-card card=@",
	"trigger kazepay.issue-card email=ada@example.com amount=100", "trigger kazepay.print-card --json",
	"trigger kazepay.purchase card=@ amount=5", "trigger kazepay.reveal-card card=@",
	"trigger uqpay.issue-card product=9a0c0b1e-0000-4000-8000-000000000001 amount=100", "trigger uqpay.print-card --json",
	"trigger coshine.issue-card customer=CIF1 amount=100", "trigger coshine.request-token card=@",
	"trigger coshine.reveal-card card=@",
	"trigger unionpay.issue-card status=normal", "trigger unionpay.push-card --json", "trigger unionpay.reveal-card card=@",
	"state --json", "cards",
}

// The same seed and the same steps give the same numbers, ids and codes in every
// process, whatever the provider.
func TestSeed(t *testing.T) {
	t.Parallel()
	steps := func(seed string) (answers []string) {
		control, stop := process(t, "--seed", seed, "--clock", "2026-04-01T02:00:00Z")
		defer stop()
		card := ""
		for _, line := range seeded {
			got, code := commandLine(t, control, strings.Fields(strings.Replace(line, "card=@", "card="+card, 1))...)
			if code != 0 {
				t.Errorf("%s: %s", line, got)
			}
			if made, ok := strings.CutPrefix(got, "card: "); ok {
				card = strings.TrimSpace(made)
			}
			got, _, _ = strings.Cut(got, `"links"`) // sealed afresh each time
			got, _, _ = strings.Cut(got, `"last_event"`)
			answers = append(answers, got)
		}
		return answers
	}
	first, second, other := steps("7"), steps("7"), steps("8")
	differ := 0
	for i, line := range seeded {
		if first[i] != second[i] {
			t.Errorf("%s, with seed 7:\n%s\nand again:\n%s", line, first[i], second[i])
		}
		if first[i] != other[i] {
			differ++
		}
	}
	if differ == 0 {
		t.Error("seeds 7 and 8 give the same")
	}
}
