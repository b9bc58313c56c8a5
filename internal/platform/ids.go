package platform

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// IDs makes what looks random: ids that nobody can guess, or, from a seed, the same
// ones in every run. The zero IDs is without a seed. It is safe for concurrent use.
type IDs struct {
	seed string
	seq  Sequence
}

// NewIDs returns ids that follow from a seed; an empty one is none.
func NewIDs(seed string) *IDs { return &IDs{seed: seed} }

// Bytes returns 16 bytes.
func (i *IDs) Bytes() (b [16]byte) {
	if i.seed == "" {
		_, _ = rand.Read(b[:])
		return b
	}
	mac := hmac.New(sha256.New, []byte(i.seed))
	mac.Write(binary.BigEndian.AppendUint64(nil, i.seq.Next()))
	copy(b[:], mac.Sum(nil))
	return b
}

// UUID returns a UUID of version 4.
func (i *IDs) UUID() string {
	b := i.Bytes()
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
