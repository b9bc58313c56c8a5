import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.MessageDigest;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.UUID;

/**
 * Card API signing and encryption example.
 * Requires: JDK 11+ (standard library only, no third-party dependencies).
 */
public class CardApiClient {

    private static final int GCM_NONCE_LENGTH = 12; // 12 bytes
    private static final int GCM_TAG_LENGTH = 128; // 128 bits

    // ==================== AES-256-GCM Encryption ====================

    /**
     * AES-256-GCM encryption.
     * @return Base64(nonce[12 bytes] + ciphertext + tag[16 bytes])
     */
    public static String encryptAESGCM(String plaintext, byte[] key) throws Exception {
        // Generate 12-byte random nonce
        byte[] nonce = new byte[GCM_NONCE_LENGTH];
        new SecureRandom().nextBytes(nonce);

        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        SecretKeySpec keySpec = new SecretKeySpec(key, "AES");
        GCMParameterSpec gcmSpec = new GCMParameterSpec(GCM_TAG_LENGTH, nonce);
        cipher.init(Cipher.ENCRYPT_MODE, keySpec, gcmSpec);

        byte[] ciphertext = cipher.doFinal(plaintext.getBytes(StandardCharsets.UTF_8));

        // Concatenate: nonce + ciphertext + tag (Java GCM appends tag to ciphertext)
        byte[] result = new byte[nonce.length + ciphertext.length];
        System.arraycopy(nonce, 0, result, 0, nonce.length);
        System.arraycopy(ciphertext, 0, result, nonce.length, ciphertext.length);

        return Base64.getEncoder().encodeToString(result);
    }

    // ==================== AES-256-GCM Decryption ====================

    /**
     * AES-256-GCM decryption.
     * @param ciphertextB64 Base64(nonce[12 bytes] + ciphertext + tag[16 bytes])
     */
    public static String decryptAESGCM(String ciphertextB64, byte[] key) throws Exception {
        byte[] data = Base64.getDecoder().decode(ciphertextB64);

        // Split nonce and ciphertext+tag
        byte[] nonce = new byte[GCM_NONCE_LENGTH];
        byte[] ciphertext = new byte[data.length - GCM_NONCE_LENGTH];
        System.arraycopy(data, 0, nonce, 0, GCM_NONCE_LENGTH);
        System.arraycopy(data, GCM_NONCE_LENGTH, ciphertext, 0, ciphertext.length);

        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        SecretKeySpec keySpec = new SecretKeySpec(key, "AES");
        GCMParameterSpec gcmSpec = new GCMParameterSpec(GCM_TAG_LENGTH, nonce);
        cipher.init(Cipher.DECRYPT_MODE, keySpec, gcmSpec);

        byte[] plaintext = cipher.doFinal(ciphertext);
        return new String(plaintext, StandardCharsets.UTF_8);
    }

    // ==================== RSA-PSS Signing ====================

    /**
     * RSA-PSS + SHA-256 signing.
     * @param privateKeyPEM PEM-formatted RSA private key (PKCS#8)
     * @return Base64-encoded signature
     */
    public static String signRSAPSS(byte[] data, String privateKeyPEM) throws Exception {
        // Parse PEM private key
        String keyContent = privateKeyPEM
            .replace("-----BEGIN PRIVATE KEY-----", "")
            .replace("-----END PRIVATE KEY-----", "")
            .replaceAll("\\s", "");
        byte[] keyBytes = Base64.getDecoder().decode(keyContent);

        PKCS8EncodedKeySpec keySpec = new PKCS8EncodedKeySpec(keyBytes);
        KeyFactory keyFactory = KeyFactory.getInstance("RSA");
        PrivateKey privateKey = keyFactory.generatePrivate(keySpec);

        // SHA-256 hash
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] hash = digest.digest(data);

        // RSA-PSS sign (salt length = 32 bytes, matching Go default)
        Signature signature = Signature.getInstance("RSASSA-PSS");
        PSSParameterSpec pssSpec = new PSSParameterSpec(
            "SHA-256", // hash algorithm
            "MGF1", // mask generation function
            MGF1ParameterSpec.SHA256, // MGF1 hash algorithm
            32, // salt length (= SHA-256 output length)
            1 // trailer field (fixed)
        );
        signature.setParameter(pssSpec);
        signature.initSign(privateKey);
        signature.update(data); // Note: Java Signature hashes internally, pass raw data

        return Base64.getEncoder().encodeToString(signature.sign());
    }

    // ==================== Decode AES Key ====================

    /**
     * Determines AES key encoding by length.
     * 64 chars → Hex, 44 chars → Base64, 32 chars → raw bytes.
     */
    public static byte[] decodeAESKey(String keyStr) {
        switch (keyStr.length()) {
            case 64:
                // Hex encoded
                byte[] key = new byte[32];
                for (int i = 0; i < 32; i++) {
                    key[i] = (byte) Integer.parseInt(keyStr.substring(i * 2, i * 2 + 2), 16);
                }
                return key;
            case 44:
                // Base64 encoded
                return Base64.getDecoder().decode(keyStr);
            case 32:
                // Raw bytes
                return keyStr.getBytes(StandardCharsets.UTF_8);
            default:
                throw new IllegalArgumentException("Unsupported AES key length: " + keyStr.length());
        }
    }

    // ==================== Send Signed Request ====================

    public static HttpResponse<String> sendSignedRequest(
            String url, String appId, String privateKeyPEM,
            byte[] aesKey, String payload
    ) throws Exception {
        // 1. AES-GCM encrypt the request body
        String encrypted = encryptAESGCM(payload, aesKey);

        // 2. Build the encrypted request body {"data":"..."}
        String body = "{\"data\":\"" + encrypted + "\"}";

        // 3. Generate timestamp and nonce
        String timestamp = String.valueOf(System.currentTimeMillis() / 1000); // Unix seconds
        String nonce = UUID.randomUUID().toString();

        // 4. Build signature input = body + timestamp + nonce (no separator)
        String signInput = body + timestamp + nonce;

        // 5. RSA-PSS sign
        String signature = signRSAPSS(signInput.getBytes(StandardCharsets.UTF_8), privateKeyPEM);

        // 6. Send HTTP request
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder()
            .uri(URI.create(url))
            .header("Content-Type", "application/json")
            .header("X-App-Id", appId)
            .header("X-Signature", signature)
            .header("X-Timestamp", timestamp)
            .header("X-Nonce", nonce)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();

        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    // ==================== Usage Example ====================

    public static void main(String[] args) throws Exception {
        // --- Configuration (replace with actual values) ---
        String appId = "your_app_id";
        String aesKeyStr = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"; // 64-char Hex
        String privateKeyPEM = "-----BEGIN PRIVATE KEY-----\n"
            + "MIIEvgIBADANBgkqhkiG9w0BAQEFAASC...(replace with actual key)\n"
            + "-----END PRIVATE KEY-----";
        String baseUrl = "https://api.example.com";

        // 1. Decode AES key
        byte[] aesKey = decodeAESKey(aesKeyStr);

        // 2. Build request payload
        String payload = "{\"merchant_card_id\":\"mc_001\",\"card_type\":\"VIRTUAL-V\",\"amount\":\"100.00\"}";

        // 3. Send signed request
        HttpResponse<String> response = sendSignedRequest(
            baseUrl + "/api/v1/card/apply", appId, privateKeyPEM, aesKey, payload);

        System.out.println("Status: " + response.statusCode());
        System.out.println("Response: " + response.body());

        // 4. Decrypt sensitive fields from response
        // Assuming the response JSON has been parsed, extract encrypted field values
        String encryptedCardNumber = "..."; // From response data.card_number
        String cardNumber = decryptAESGCM(encryptedCardNumber, aesKey);
        System.out.println("Card number: " + cardNumber);
    }
}
