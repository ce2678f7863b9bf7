/**
 * Libraries that run, train or call machine-learning models, by purl type, each by its name with namespace. What the cloud
 * calls AI-related is not public: this list is ours, of what is widely used.
 */
const aiLibraries: Readonly<Record<string, ReadonlySet<string>>> = {
  pypi: new Set([
    ...['torch', 'torchvision', 'torchaudio', 'pytorch-lightning', 'lightning', 'tensorflow', 'tensorflow-cpu'],
    ...['tensorflow-gpu', 'keras', 'jax', 'jaxlib', 'flax', 'mxnet', 'paddlepaddle', 'onnx', 'onnxruntime'],
    ...['onnxruntime-gpu', 'tflite-runtime', 'scikit-learn', 'xgboost', 'lightgbm', 'catboost', 'transformers'],
    ...['sentence-transformers', 'diffusers', 'accelerate', 'safetensors', 'tokenizers', 'huggingface-hub', 'peft'],
    ...['trl', 'bitsandbytes', 'vllm', 'llama-cpp-python', 'ctransformers', 'ollama', 'openai', 'anthropic', 'cohere'],
    ...['mistralai', 'google-generativeai', 'google-genai', 'tiktoken', 'langchain', 'langchain-core', 'langgraph'],
    ...[
      'llama-index',
      'llama-index-core',
      'litellm',
      'crewai',
      'dspy',
      'haystack-ai',
      'mlflow',
      'ray',
      'spacy',
      'nltk',
    ],
    ...['gensim', 'fastai', 'ultralytics', 'openai-whisper', 'mcp'],
  ]),
  npm: new Set([
    ...['@tensorflow/tfjs', '@tensorflow/tfjs-core', '@tensorflow/tfjs-node', 'onnxruntime-node', 'onnxruntime-web'],
    ...['@huggingface/transformers', '@xenova/transformers', '@huggingface/inference', 'openai', '@anthropic-ai/sdk'],
    ...['@google/generative-ai', '@google/genai', '@mistralai/mistralai', 'cohere-ai', 'ollama', 'langchain'],
    ...['@langchain/core', '@langchain/langgraph', 'llamaindex', 'ai', 'brain.js', 'node-llama-cpp'],
    ...['@modelcontextprotocol/sdk'],
  ]),
  golang: new Set([
    ...['github.com/ollama/ollama', 'github.com/sashabaranov/go-openai', 'github.com/openai/openai-go'],
    ...['github.com/tmc/langchaingo', 'github.com/anthropics/anthropic-sdk-go', 'github.com/yalue/onnxruntime_go'],
  ]),
  maven: new Set([
    ...['org.tensorflow:tensorflow-core-api', 'org.deeplearning4j:deeplearning4j-core', 'ai.djl:api'],
    ...['com.microsoft.onnxruntime:onnxruntime', 'dev.langchain4j:langchain4j', 'dev.langchain4j:langchain4j-core'],
    ...['org.springframework.ai:spring-ai-core', 'com.openai:openai-java'],
  ]),
  cargo: new Set([
    'candle-core',
    'tch',
    'ort',
    'burn',
    'tensorflow',
    'async-openai',
    'llm',
    'tokenizers',
    'safetensors',
  ]),
  nuget: new Set([
    ...[
      'microsoft.ml',
      'microsoft.ml.onnxruntime',
      'torchsharp',
      'openai',
      'azure.ai.openai',
      'microsoft.semantickernel',
    ],
  ]),
};

/**
 * Whether a package is a library for machine learning, or a model.
 *
 * @param type - purl type
 * @param name - With its namespace, as its ecosystem writes it
 */
export function isAiLibrary(type: string, name: string): boolean {
  if (type === 'huggingface') {
    return true;
  }
  const names = Object.hasOwn(aiLibraries, type) ? aiLibraries[type] : undefined;
  return names?.has(plainName(type, name)) === true;
}

/** Where an ecosystem takes several spellings for one name, the one of the list. */
function plainName(type: string, name: string): string {
  switch (type) {
    case 'pypi':
      return name.toLowerCase().replace(/[-_.]+/g, '-');
    case 'nuget':
      return name.toLowerCase();
    default:
      return name;
  }
}
