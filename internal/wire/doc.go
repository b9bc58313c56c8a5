// Package wire reads and writes the JSON that card platforms really send.
//
// Platforms send a number where they document a string, "" where they document
// an object, and times in five layouts. [Codec.Unmarshal] accepts those shapes
// for plain Go fields (string, int, bool, time.Time, [issuing.Amount],
// [issuing.Secret], [issuing.Date], nested structs, slices and maps), so that
// no provider needs an UnmarshalJSON of its own. [Codec.Marshal] writes request
// structs, with secrets in clear: its result goes into the signed or encrypted
// body and nowhere else.
//
// Both know the struct tags of encoding/json: the name, "-", omitempty and
// omitzero. A field of type map[string]any with the tag wire:"inline" is merged
// into its struct's object when writing. A text or secret with the tag wire:"json" takes
// an object or array too, and keeps it as JSON. A secret with the tag wire:"base64" is
// written as [OneLine] has it. A field with the tag wire:"also=name" is read under that
// name as well, and the first of the two that has a value counts. One with the tag
// wire:"spare" stays unset when it cannot be read, instead of failing the whole. [Loose] has the tag
// wire:"extra".
package wire
