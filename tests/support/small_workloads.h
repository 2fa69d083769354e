#pragma once

namespace tilewright::support {

/// Every operator that a workload text may name, in a size that the interpreter can bear and that tiles do not divide.
inline constexpr const char* kSmallWorkloads[] = {
    "conv1d:l=11,ci=5,co=18,k=3,stride=2,pad=1",
    "conv2d:h=7,w=9,ci=5,co=18,k=3,pad=1",
    "conv2d:h=6,ci=8,co=12,k=3,pad=1,groups=4",
    "conv2d:h=9,ci=3,co=33,k=3,pad=2,dilation=2",
    "conv3d:d=3,h=5,w=4,ci=3,co=17,k=3,pad=1",
    "conv2d_bias_relu:h=9,ci=4,co=20,k=3,stride=2,pad=1",
    "conv2d_bn_relu:n=2,h=5,ci=6,co=19,k=1",
    "depthwise_conv2d:h=9,c=21,k=3,pad=1",
    "conv2d_transpose:h=4,ci=5,co=18,k=4,stride=2,pad=1",
    "conv2d_capsule:h=4,ci=3,co=5,k=3,stride=2,pad=1,cap=2",
    "winograd_conv2d:h=6,ci=5,co=6,m=2",
    "matmul:b=2,n=13,m=37,k=29",
    "matmul:n=32,m=64,k=48",
    "transpose_batch_matmul:seq=9,heads=3,dim=10",
    "transpose_batch_matmul_softmax:seq=9,heads=2,dim=7",
    "attention:heads=2,seq=11,dim=6",
    "norm:b=2,m=13,n=19",
    "softmax:m=9,n=35",
    "layer_norm:m=7,n=45",
    "max_pool2d:h=9,c=20,k=3,stride=2,pad=1",
    "avg_pool2d:h=8,c=19,k=2,stride=2",
    "gelu:m=5,n=41",
    "elementwise_chain:m=6,n=50",
    "resize:h=4,c=19,scale=2",
};

}  // namespace tilewright::support
